"""Read an LLM judge's JSON reply: one object and no prose, strict about what is in it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from schemas.protocols import Json
from schemas.vocabulary import VERDICTS_OF_A_JUDGE

SCHEMA: Final[Mapping[str, Json]] = {
    "type": "object",
    "required": ["mutations", "hallucinations"],
    "properties": {
        "mutations": {
            "type": "array",
            "maxItems": 8,
            "items": {
                "type": "object",
                "required": ["verdict"],
                "properties": {
                    "gt": {"type": "string", "maxLength": 400},
                    "type": {"type": "string", "maxLength": 40},
                    "verdict": {"enum": list(VERDICTS_OF_A_JUDGE)},
                    "vlm_match": {"type": "string", "maxLength": 400},
                },
            },
        },
        "hallucinations": {"type": "array", "maxItems": 32, "items": {"type": "string", "maxLength": 400}},
    },
}
"""The reply's form, but for the number of mutations."""


def schema_for(num_mutations: int) -> dict[str, Json]:
    """Return the form of a reply to a truth of so many mutations, for decoding constrained to it."""
    properties = SCHEMA["properties"]
    assert isinstance(properties, dict)
    mutations = properties["mutations"]
    assert isinstance(mutations, dict)
    exact: dict[str, Json] = {**mutations, "minItems": num_mutations, "maxItems": num_mutations}
    return {**SCHEMA, "properties": {**properties, "mutations": exact}}


_REASONING = re.compile(r"\A.*?</think>", re.S)
"""Reasoning that the model wrote before its reply; some chat templates open it, so that its tag need not be there."""
_FENCE = re.compile(r"```\w*\s*(.*?)\s*```", re.S)
_TEXT_KEYS = ("description", "claim", "text", "hallucination", "vlm_claim", "vlm_match", "quote")


class BrokenReply(Exception):
    """The reply breaks its form; the message says how, and `error_type` names the case."""

    def __init__(self, message: str, error_type: str) -> None:
        super().__init__(message)
        self.error_type = error_type


@dataclass(frozen=True, slots=True)
class MutationEntry:
    """Hold the model's verdict on one true mutation and the words it quotes for it."""

    verdict: str
    quoted: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """Hold a reply that parsed."""

    mutations: tuple[MutationEntry, ...]
    hallucinations: tuple[str, ...]


def parse(text: str, num_mutations: int) -> Reply:
    """Read a reply to a truth of so many mutations, 0 for no-diff pairs; BrokenReply where its form is broken."""
    reply = _find_object(text)
    for key in ("mutations", "hallucinations"):
        if not isinstance(reply.get(key), list):
            raise BrokenReply(
                f"key {key!r} is absent or not a list", "missing_key" if key not in reply else "bad_value"
            )
    entries = tuple(_read_entry(entry) for entry in _as_list(reply["mutations"])) if num_mutations else ()
    if len(entries) != num_mutations:
        raise BrokenReply(f"'mutations' holds {len(entries)} entries, the truth has {num_mutations}", "bad_count")
    return Reply(entries, tuple(filter(None, map(_read_claim, _as_list(reply["hallucinations"])))))


def _find_object(text: str) -> dict[str, Json]:
    """Return the one JSON object that the whole text is, but for leading reasoning, a code fence and white space."""
    try:
        value = _load(text)
    except (ValueError, RecursionError):
        body = _REASONING.sub("", text, count=1)
        try:
            value = _load(body)
        except (ValueError, RecursionError) as error:
            problem = "the reply is not one JSON object and nothing else" if body.strip() else "the reply is empty"
            raise BrokenReply(problem, "bad_json") from error
    if not isinstance(value, dict):
        raise BrokenReply("the reply is JSON, but no object", "bad_json")
    return value


def _load(text: str) -> Json:
    body = text.strip()
    if fenced := _FENCE.fullmatch(body):
        body = fenced[1].strip()
    value: Json = json.loads(body)
    return value


def _read_entry(entry: Json) -> MutationEntry:
    if not isinstance(entry, dict):
        raise BrokenReply("an entry of 'mutations' is not an object", "bad_value")
    verdict = entry.get("verdict")
    if verdict is None:
        raise BrokenReply("an entry of 'mutations' lacks 'verdict'", "missing_key")
    if not isinstance(verdict, str) or verdict.strip().lower() not in VERDICTS_OF_A_JUDGE:
        raise BrokenReply(f"verdict {verdict!r} is none of {', '.join(VERDICTS_OF_A_JUDGE)}", "bad_value")
    quoted = entry.get("vlm_match")
    return MutationEntry(verdict.strip().lower(), quoted if isinstance(quoted, str) and quoted else None)


def _read_claim(claim: Json) -> str:
    if isinstance(claim, str):
        return claim.strip()
    if isinstance(claim, dict):
        named = (claim[key] for key in _TEXT_KEYS if isinstance(claim.get(key), str))
        return str(next(named, json.dumps(claim, ensure_ascii=False)))
    raise BrokenReply("an entry of 'hallucinations' is neither text nor an object", "bad_value")


def _as_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
