"""The compact set of ended keys is a set."""

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.key_set import KeySet

KEYS = st.tuples(st.sampled_from(["answer", "verdict"]), st.text(max_size=3))


@given(keys=st.lists(KEYS | st.integers(-300, 300), max_size=400), others=st.lists(KEYS, max_size=20))
def test_it_holds_what_was_added_and_nothing_else(keys: list[object], others: list[object]) -> None:
    made, plain = KeySet(), set()
    for key in keys:
        made.add(key)
        plain.add(key)
        assert len(made) == len(plain)
    assert all(key in made for key in keys)
    assert [key in made for key in others] == [key in plain for key in others]


@given(hashes=st.lists(st.sampled_from([0, 64, 128, 256, 1, 65, 63, -1, 2**61 - 2]), max_size=60))
def test_keys_that_meet_in_one_cell_are_told_apart(hashes: list[int]) -> None:
    """64 cells at first: most of these want the same ones, the last ones wrap around."""
    made = KeySet()
    for number in hashes:
        made.add(Hashed(number))
    kept = {hash(Hashed(number)) for number in hashes}
    assert len(made) == len(kept)
    assert all(Hashed(number) in made for number in hashes)
    assert Hashed(7) not in made


def test_it_grows_and_stays_compact() -> None:
    made = KeySet()
    for number in range(50_000):
        made.add(("answer", str(number)))
    assert len(made) == 50_000
    assert all(("answer", str(number)) in made for number in range(50_000))
    assert not any(("verdict", str(number)) in made for number in range(50_000))
    assert 12 <= made._cells.itemsize * len(made._cells) / len(made) <= 24


class Hashed:
    def __init__(self, number: int) -> None:
        self._number = number

    def __hash__(self) -> int:
        return self._number
