"""Which pairs are wanted, and which of them a page is tried for next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pairgen.operators.tiers import MECHANISMS
from schemas.vocabulary import CHANGED_TIERS

_PATIENCE = 12
"""Pages that yield nothing for a slot before its operator's other mechanism is tried as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One wanted pair."""

    operator: str
    tier: str
    number: int
    mechanism: str

    @property
    def pair_id(self) -> str:
        """Return the pair's id, such as `easy-font_size-0001`."""
        return f"{self.tier}-{self.operator}-{self.number:04d}"


class Plan:
    """Say what is still wanted, least tried first: the order depends on outcomes alone, never on time."""

    def __init__(self, operators: Sequence[str], per_cell: int) -> None:
        self._tries = {slot: 0 for number in range(per_cell) for slot in _slots(operators, number)}
        self._by_id = {slot.pair_id: slot for slot in self._tries}

    @property
    def open_slots(self) -> list[Slot]:
        """Return what is still wanted, least tried first."""
        return sorted(self._tries, key=self._tries.__getitem__)

    def mechanisms(self, slot: Slot) -> tuple[str, ...]:
        """Return the mechanisms to try, the slot's own first."""
        if self._tries[slot] < _PATIENCE:
            return (slot.mechanism,)
        others = (name for name in MECHANISMS[slot.operator] if name != slot.mechanism)
        return (slot.mechanism, *others)

    @property
    def is_full(self) -> bool:
        """Tell whether nothing is wanted any more."""
        return not self._tries

    def find(self, pair_id: str) -> Slot | None:
        """Return an open slot by its pair's id; None where it has its pair."""
        return self._by_id.get(pair_id)

    def num_misses(self, slot: Slot) -> int:
        """Return how many pages yielded nothing for a slot."""
        return self._tries[slot]

    def miss(self, slot: Slot) -> None:
        """Note that a page yielded nothing for a slot."""
        self._tries[slot] += 1

    def fill(self, slot: Slot) -> None:
        """Note that a slot has its pair."""
        del self._tries[slot]
        del self._by_id[slot.pair_id]


def _slots(operators: Sequence[str], number: int) -> Iterable[Slot]:
    for place, tier in enumerate(CHANGED_TIERS):
        for operator in operators:
            # The place turns with the tier, so that one pair a cell still shows both mechanisms.
            mechanism = MECHANISMS[operator][(number + place) % 2]
            yield Slot(operator=operator, tier=tier, number=number + 1, mechanism=mechanism)
