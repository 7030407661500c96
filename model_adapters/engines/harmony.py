"""The channels in which gpt-oss writes: reasoning in one, the answer in another.

Source: OpenAI's description of the harmony response format. A served model's server takes the channels apart; an
engine in this process gets the text with its marks.
"""

import re
from typing import Final, NamedTuple

_MESSAGE: Final = re.compile(
    r"<\|channel\|>\s*(\w+)(?:(?!<\|message\|>).)*<\|message\|>(.*?)(?=<\|(?:end|return|call|start|channel)\|>|\Z)",
    re.S,
)


class Channels(NamedTuple):
    """Hold what was written for the reader, and before it for the writer."""

    final: str
    reasoning: str | None


def split_channels(text: str) -> Channels:
    """Take a completion apart; without a final channel, as where the budget ran out, nothing is final."""
    messages = _MESSAGE.findall(text)
    final = "".join(said for channel, said in messages if channel == "final")
    reasoning = "\n".join(said.strip() for channel, said in messages if channel != "final")
    return Channels(final.strip(), reasoning or None)
