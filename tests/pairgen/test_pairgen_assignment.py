"""What belongs together, and which split it goes to: properties, on rows that nobody chose."""

import random
from collections import Counter
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairgen.assignment import Row, assign
from pairgen.looks import distance
from pairgen.neighbours import group
from pairgen.shortfalls import shortfalls, split_table

SHARES = st.sampled_from(
    [("0.8", "0.1", "0.1"), ("0.6", "0.2", "0.2"), ("0.5", "0.5"), ("1",), ("0.334", "0.333", "0.333")]
)
TIERS = ("easy", "medium", "hard")
OFF = "off their share by more than one pair"
CELLS = [("color", "easy"), ("color", "hard"), ("text", "easy"), ("no_diff", "no_diff")]


def shares_of(texts: tuple[str, ...]) -> dict[str, Fraction]:
    return {name: Fraction(text) for name, text in zip(("train", "validation", "test"), texts, strict=False)}


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    drawn = draw(st.lists(st.tuples(st.sampled_from(CELLS), st.sampled_from("abc")), min_size=1, max_size=60))
    return [Row(f"id-{place}", cell, domain) for place, (cell, domain) in enumerate(drawn)]


@given(rows=tables(), texts=SHARES, seed=st.integers(0, 3))
def test_shares_hold_within_a_row_in_each_cell_where_groups_are_single_rows(
    rows: list[Row], texts: tuple[str, ...], seed: int
) -> None:
    shares = shares_of(texts)
    splits = assign(rows, range(len(rows)), shares, seed)
    totals = Counter(row.cell for row in rows)
    counts = Counter((row.cell, split) for row, split in zip(rows, splits, strict=True))
    for cell, total in totals.items():
        for split, share in shares.items():
            assert floor(total * share) <= counts[cell, split] <= ceil(total * share)
    assert not any("off their share" in line and ": cells" in line for line in shortfalls(rows, splits, shares))


@given(rows=tables(), texts=SHARES, seed=st.integers(0, 3), data=st.data())
def test_no_split_shares_a_group_and_neither_order_nor_labels_matter(
    rows: list[Row], texts: tuple[str, ...], seed: int, data: st.DataObject
) -> None:
    groups = data.draw(st.lists(st.integers(0, 9), min_size=len(rows), max_size=len(rows)))
    shares = shares_of(texts)
    splits = assign(rows, groups, shares, seed)
    assert len(splits) == len(rows)
    assert set(splits) <= set(shares)
    assert len(set(zip(groups, splits, strict=True))) == len(set(groups))
    assert assign(rows, groups, shares, seed) == splits
    order = data.draw(st.permutations(range(len(rows))))
    again = assign([rows[place] for place in order], [99 - groups[place] for place in order], shares, seed)
    assert again == [splits[place] for place in order]


def test_small_cells_and_domains_still_reach_every_split() -> None:
    rows = [Row(f"{operator}-{tier}-{number}", (operator, tier), f"d{(place + 3 * number) % 15}")
            for place, (operator, tier) in enumerate((o, t) for o in "abcdefghijklm" for t in TIERS)
            for number in range(10)]  # fmt: skip
    shares = shares_of(("0.8", "0.1", "0.1"))
    splits = assign(rows, range(len(rows)), shares, 7)
    assert Counter(splits) == {"train": 312, "validation": 39, "test": 39}
    assert not [line for line in shortfalls(rows, splits, shares) if ": cells" in line]
    by_domain = Counter((row.domain, split) for row, split in zip(rows, splits, strict=True))
    for number in range(15):
        assert abs(by_domain[f"d{number}", "test"] - 2.6) < 2
    assert assign(rows, range(len(rows)), shares, 8) != splits


def test_two_rows_a_cell_leave_some_for_the_small_splits() -> None:
    rows = [Row(f"{cell}-{number}", (f"operator-{cell}", "easy"), "other") for cell in range(40) for number in range(2)]
    splits = assign(rows, range(len(rows)), shares_of(("0.8", "0.1", "0.1")), 7)
    assert Counter(splits) == {"train": 64, "validation": 8, "test": 8}


def test_many_small_cells_and_domains_do_not_all_round_to_train() -> None:
    rows = [
        Row(f"{cell}-{number}", (f"operator-{cell}", "easy"), f"d{cell}") for cell in range(20) for number in (1, 2)
    ]
    splits = assign(rows, range(len(rows)), shares_of(("0.8", "0.1", "0.1")), 7)
    assert Counter(splits) == {"train": 32, "validation": 4, "test": 4}


def test_what_a_split_lacks_or_has_too_much_of_is_named() -> None:
    rows = [Row(f"a{place}", ("color", "easy"), "travel") for place in range(10)]
    rows.append(Row("b", ("no_diff", "no_diff"), "other"))
    shares = shares_of(("0.5", "0.5"))
    splits = assign(rows, [0] * 8 + [1, 2, 3], shares, 7)
    assert splits == ["train"] * 8 + ["validation"] * 3
    assert shortfalls(rows, splits, shares) == [
        "train: cells that it lacks, 1 of 2: no_diff",
        f"train: cells {OFF}, as groups are indivisible: color/easy 8 (5.0 due)",
        "train: domains that it lacks, 1 of 2: other",
        f"train: domains {OFF}, as cells come first: travel 8 (5.0 due)",
        f"validation: cells {OFF}, as groups are indivisible: color/easy 2 (5.0 due)",
        f"validation: domains {OFF}, as cells come first: travel 2 (5.0 due)",
    ]
    table = [line.split() for line in split_table(rows, splits, shares).splitlines()]
    assert table == [
        ["split", "easy", "no_diff", "all", "share,", "%"],
        ["train", "8", "0", "8", "72.7"],
        ["validation", "2", "1", "3", "27.3"],
    ]


def brute_force(pages: list[str], looks: list[str], max_distance: int) -> list[set[int]]:
    parts = [{place} for place in range(len(pages))]
    for one in range(len(pages)):
        for other in range(one):
            if pages[one] == pages[other] or distance(looks[one], looks[other]) <= max_distance:
                mine, theirs = (next(part for part in parts if place in part) for place in (one, other))
                if mine is not theirs:
                    parts.remove(theirs)
                    mine |= theirs
    return sorted(parts, key=min)


def flipped(look: str, bits: list[int]) -> str:
    value = int(look, 16)
    for bit in bits:
        value ^= 1 << bit
    return f"{value:064x}"


@given(seed=st.integers(0, 10_000), max_distance=st.sampled_from([-1, 0, 1, 8, 20]), num=st.integers(1, 40))
def test_groups_are_those_of_comparing_all_with_all(seed: int, max_distance: int, num: int) -> None:
    dice = random.Random(seed)
    looks = [f"{dice.getrandbits(256) & dice.getrandbits(256):064x}" for _ in range(1 + num // 4)]
    while len(looks) < num:
        looks.append(flipped(dice.choice(looks), dice.sample(range(256), dice.randint(0, 12))))
    dice.shuffle(looks)
    pages = [f"page {dice.randrange(2 * num)}" for _ in looks]
    tops = group(pages, looks, max_distance)
    parts = [{place for place, top in enumerate(tops) if top == first} for first in sorted(set(tops))]
    assert parts == brute_force(pages, looks, max_distance)
    assert all(top == min(place for place, other in enumerate(tops) if other == top) for top in tops)


@pytest.mark.parametrize("blank", [False, True], ids=["noise", "mostly_blank"])
def test_chains_planted_among_many_are_found_and_nothing_else(blank: bool) -> None:
    dice = random.Random(3)
    looks = [f"{dice.getrandbits(96 if blank else 256):064x}" for _ in range(3000)]
    chain = [looks[100]]
    for step in range(5):  # each is 8 bits from the one before, the last 40 from the first
        chain.append(flipped(chain[-1], list(range(40 + 8 * step, 48 + 8 * step))))
    looks += chain[1:]
    tops = group([f"page {place}" for place in range(len(looks))], looks, 8)
    assert {place for place, top in enumerate(tops) if top != place} == set(range(3000, 3005))
    assert set(tops[3000:]) == {100}
    tops = group([f"page {place}" for place in range(len(looks))], looks, 7)
    assert tops == list(range(len(looks)))
