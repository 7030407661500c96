"""What most adapters' configs say of themselves; the one level of inheritance in this room."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from schemas.protocols import Needs
from schemas.records import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterDefaults:
    """Need nothing, send no prompt, know neither id nor truth, serve every dataset."""

    @property
    def uses_prompt(self) -> bool:
        """Tell that no prompt is sent."""
        return False

    @property
    def reads_pair_id(self) -> bool:
        """Tell that the answer doesn't depend on the pair's id."""
        return False

    def needs(self) -> Needs:
        """Return nothing."""
        return Needs()

    def check(self, known_ids: Collection[str]) -> None:
        """Serve every dataset."""

    def told(self, pair_id: str, truths: Mapping[str, Truth]) -> tuple[Truth, ...]:  # noqa: ARG002
        """Return nothing: only probes are told the truth."""
        return ()
