from dataclasses import replace

import pytest
from snapshots import Node, border, changed, page

from pairgen.lines import is_rewrapped
from pairgen.operators import chroma
from pairgen.operators.styles import parse_color
from pairgen.readings import visual_effects
from pairgen.records import Candidate, Change, Snapshot
from pairgen.tree import Tree
from schemas.records import Box


def sized(ref: int, operator: str = "font_size") -> Candidate:
    return Candidate(
        operator=operator, tier="hard", mechanism="style_override", property="font-size", direction="increase",
        change=Change(ref=ref, styles={"font-size": "18px"}), old_value="16px", new_value="18px", magnitude=1.125,
    )  # fmt: skip


def moved(snapshot: Snapshot, ref: int, dx: int = 0, dw: int = 0) -> Snapshot:
    box = snapshot.elements[ref].box
    return changed(snapshot, ref, box=Box(box.x + dx, box.y, box.w + dw, box.h))


_WORDS = [Node("text", (10 + 100 * i, 0, 90, 20), word) for i, word in enumerate(("Arrivals", "Fares"))]
ROW = page(Node("box", (0, 0, 600, 20), children=_WORDS))


@pytest.mark.parametrize(
    ("dx", "dw", "others", "effects"),
    [
        (0, 0, 0, ("size",)),
        (0, 12, 0, ("size",)),
        (0, 12, 5, ("size",)),
        (0, 12, 6, ("size", "position")),
        (-6, 12, 0, ("size", "position")),
    ],
)
def test_what_is_pushed_aside_reads_as_position(dx: int, dw: int, others: int, effects: tuple[str, ...]) -> None:
    after = moved(moved(ROW, 2, dx, dw), 3, others)
    assert visual_effects(sized(2), Tree(ROW), Tree(after)) == effects


def test_a_wrapper_that_grows_is_not_a_thing_that_moved() -> None:
    after = moved(ROW, 1, dx=-8, dw=16)
    assert visual_effects(sized(2), Tree(ROW), Tree(after)) == ("size",)


def test_padding_reads_as_size_only_where_the_box_grows() -> None:
    snapshot = page(Node("card", (10, 10, 200, 90), "Words in a box", styles=border(1)))
    candidate = Candidate(
        operator="spacing", tier="hard", mechanism="style_override", property="padding", direction="increase",
        change=Change(ref=1, styles={"padding-top": "6px"}), old_value="0px", new_value="6px", magnitude=6,
    )  # fmt: skip
    assert visual_effects(candidate, Tree(snapshot), Tree(snapshot)) == ("space", "position")
    grown = moved(snapshot, 1, dw=12)
    assert visual_effects(candidate, Tree(snapshot), Tree(grown)) == ("space", "position", "size")


@pytest.mark.parametrize(("old", "new", "vanishes"), [("#ffffff", "#e0e0e0", False), ("#e0e0e0", "#f4f4f4", True)])
def test_a_ground_that_nears_what_lies_behind_it_may_vanish(old: str, new: str, vanishes: bool) -> None:
    behind = Node("section", (0, 0, 400, 300), styles={"background-color": "rgb(241, 245, 249)"}, children=[
        Node("card", (10, 10, 200, 90), "Words in a box", styles={"background-color": old}),
    ])  # fmt: skip
    before = page(behind)
    candidate = Candidate(
        operator="color", tier="hard", mechanism="style_override", property="background-color", direction="darker",
        change=Change(ref=2, styles={"background-color": new}), old_value=old, new_value=new, magnitude=6,
    )  # fmt: skip
    after = changed(before, 2, styles={"background-color": new})
    assert ("visibility" in visual_effects(candidate, Tree(before), Tree(after))) is vanishes


def test_words_that_change_lines_read_as_wrapping() -> None:
    snapshot = page(Node("quote", (0, 0, 200, 60), "one two three four five", lines=2))
    element = replace(snapshot.elements[1], line_starts=(0, 3))
    before = replace(snapshot, elements=(snapshot.elements[0], element))
    after = changed(before, 1, line_starts=(0, 2))
    assert visual_effects(sized(1), Tree(before), Tree(before)) == ("size",)
    assert visual_effects(sized(1), Tree(before), Tree(after)) == ("size", "wrapping")


@pytest.mark.parametrize(
    ("words", "starts", "expected"),
    [
        ("one two three four five six", (0, 2, 4), False),
        ("one two four five six", (0, 2, 3), False),
        ("one three four five six", (0, 1, 3), False),
        ("one two four five six", (0, 2, 4), True),
        ("one two three four five six", (0, 3, 4), True),
        ("one two three four", (0, 2), True),
    ],
)
def test_an_edit_keeps_breaks_where_the_other_words_stay_in_their_lines(
    words: str, starts: tuple[int, ...], expected: bool
) -> None:
    snapshot = page(Node("paragraph", (0, 0, 200, 60), "one two three four five six", lines=3))
    old = replace(snapshot.elements[1], line_starts=(0, 2, 4))
    new = replace(old, own_text=words, line_starts=starts, num_lines=len(starts))
    assert is_rewrapped(old, new) is expected


@pytest.mark.parametrize(
    ("old", "new", "way"),
    [("#2563eb", "#60a5fa", "lighter"), ("#60a5fa", "#1e40af", "darker"), ("#2563eb", "#16a34a", "recolor")],
)
def test_two_shades_of_one_hue_are_lighter_or_darker(old: str, new: str, way: str) -> None:
    one, other = parse_color(old), parse_color(new)
    assert one is not None
    assert other is not None
    assert chroma.direction_of(one, other) == way
