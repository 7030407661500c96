"""What a sound judge says of each probe's answers: the yardstick that probes and analysis share."""

from collections.abc import Mapping
from typing import Final, NamedTuple

CLEAN: Final = "clean"
"""A sound judge lists no invention on an unchanged pair."""
HALLUCINATION: Final = "hallucination"
"""A sound judge doesn't let the answer to an unchanged pair pass."""


class Expected(NamedTuple):
    """Hold what a sound judge says of a probe's answers."""

    changed: str | None
    """Verdict on changed pairs; None where judges may differ in good faith."""
    unchanged: str
    """`clean` or `hallucination`."""
    invents: bool = False
    """Whether answers to changed pairs hold an invention that a judge should list."""

    @property
    def is_right(self) -> bool:
        """Tell whether answers to changed pairs are right."""
        return self.changed == "correct"


FLAWS: Final = (
    "vague", "wrong_direction", "wrong_element", "truth_plus_invention", "empty", "refusal", "injection",
)  # fmt: skip
"""What `flawed_oracle` can be told to do wrong."""

EXPECTED: Final[Mapping[str, Expected]] = {
    "oracle": Expected("correct", CLEAN),
    "shuffled_oracle": Expected("missed", HALLUCINATION, invents=True),
    "shotgun": Expected(None, HALLUCINATION, invents=True),
    "vague": Expected("partial", HALLUCINATION),
    "wrong_direction": Expected("partial", HALLUCINATION),
    "wrong_element": Expected("missed", HALLUCINATION, invents=True),
    "truth_plus_invention": Expected("correct", HALLUCINATION, invents=True),
    "empty": Expected("missed", HALLUCINATION),
    "refusal": Expected("missed", HALLUCINATION),
    "injection": Expected("missed", HALLUCINATION, invents=True),
}
"""By an adapter's kind, or its flaw. The shotgun names the change among all others: by the official rule that is
`correct`, so no verdict is held against it on changed pairs. A refusal denies no change: an answer was due."""

PROBE_JUDGES: Final = ("lenient",)
"""Kinds of judges that exist to be found out; they stay off leaderboards."""


def expected_of(adapter: Mapping[str, object]) -> Expected | None:
    """Return what is expected of an adapter with this config (`kind`, and `flaw` of a flawed one); None if no probe."""
    return EXPECTED.get(str(adapter.get("flaw") or adapter.get("kind")))
