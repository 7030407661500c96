import pytest
from snapshots import Node, page, radius

from pairgen import stops
from pairgen.hues import told
from pairgen.names import Name, Quote
from pairgen.records import Candidate, Change, Element
from pairgen.wording import TEMPLATES, template_key, write

BUTTON = page(Node("button", (10, 10, 120, 40), "Save", styles=radius(20))).elements[1]
DISC = page(Node("tile", (10, 10, 40, 40), "EL", styles=radius(20))).elements[1]
NAME = Name(noun="button", how="quote", quote=Quote(words="Save"))


def candidate(operator: str, direction: str, old: str, new: str) -> Candidate:
    return Candidate(
        operator=operator, tier="medium", mechanism="style_override", property="x", direction=direction,
        change=Change(ref=1), old_value=old, new_value=new, magnitude=1,
    )  # fmt: skip


def sentences(of: Candidate, element: Element = BUTTON, name: Name = NAME) -> list[str]:
    """Return the sentence in all its variants."""
    key = template_key(of, element)
    found = set()
    for quote in ("Save", "Send", "Print", "Open", "Close", "Undo", "Redo", "Next"):
        said = write(of, Name(noun=name.noun, how="quote", quote=Quote(words=quote)), element, element)
        assert said.template_id.startswith(f"{key}.")
        found.add(said.text.replace(f'"{quote}"', '"Save"'))
    assert len(found) == len(TEMPLATES[key])
    return sorted(found)


def recolored(degrees: int, old: tuple[str, str], new: tuple[str, str]) -> Candidate:
    images = [f"linear-gradient({degrees}deg, {', '.join(codes)})" for codes in (old, new)]
    return candidate("gradient", "recolor", *images)


RED, PURPLE, TEAL, BROWN, AMBER_BROWN = "#dc2626", "#9333ea", "#0d9488", "#854d0e", "#a16207"


def test_the_colours_are_the_ones_this_file_reads() -> None:
    assert [told(code) for code in (RED, PURPLE, TEAL, BROWN, AMBER_BROWN)] == [
        "red", "purple", "teal", "brown", "brown",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("degrees", "end"),
    [
        (90, "the left"),
        (270, "the right"),
        (0, "the bottom"),
        (180, "the top"),
        (135, "the top left"),
        (45, "the bottom left"),
    ],
)
def test_one_changed_stop_is_told_by_where_it_stands(degrees: int, end: str) -> None:
    for said in sentences(recolored(degrees, (RED, PURPLE), (TEAL, PURPLE))):
        assert end in said
        assert "teal" in said
        assert "red" in said
        assert "purple" not in said


def test_both_changed_stops_are_told_in_reading_order() -> None:
    for degrees, order in (
        (90, "red at the left and purple at the right"),
        (0, "purple at the top and red at the bottom"),
    ):
        for said in sentences(recolored(degrees, (TEAL, BROWN), (RED, PURPLE))):
            assert order in said


def test_two_shades_of_one_word_carry_code_and_way() -> None:
    for said in sentences(recolored(90, (BROWN, PURPLE), (AMBER_BROWN, PURPLE))):
        assert "a lighter brown" in said
        assert f"{AMBER_BROWN} instead of {BROWN}" in said
    for said in sentences(recolored(90, (BROWN, AMBER_BROWN), (RED, TEAL))):
        assert f"brown ({BROWN}) at the left and brown ({AMBER_BROWN}) at the right" in said


@pytest.mark.parametrize(
    ("degrees", "first", "last"),
    [(112, "the left", "the right"), (113, "the top left", "the bottom right"), (200, "the top", "the bottom"),
     (315, "the bottom right", "the top left")],
)  # fmt: skip
def test_ends_are_told_to_the_nearest_eighth(degrees: int, first: str, last: str) -> None:
    assert stops.places(f"linear-gradient({degrees}deg, #fff, #000)") == (first, last)


@pytest.mark.parametrize(
    ("old", "new", "element", "key"),
    [
        ("20px", "14px", DISC, "rounded.uncircle"),
        ("14px", "20px", DISC, "rounded.circle"),
        ("20px", "14px", BUTTON, "rounded.unpill"),
        ("14px", "20px", BUTTON, "rounded.pill"),
        ("14px", "8px", DISC, "rounded.decrease"),
        ("20px", "0px", DISC, "rounded.square"),
    ],
)
def test_full_rounds_are_told(old: str, new: str, element: Element, key: str) -> None:
    direction = "increase" if float(new[:-2]) > float(old[:-2]) else "decrease"
    assert template_key(candidate("rounded", direction, old, new), element) == key


@pytest.mark.parametrize(
    ("old", "new", "direction", "key"),
    [
        ("space-between", "center", "center", "justify.gather"),
        ("flex-start", "center", "center", "justify.center"),
        ("space-between", "space-around", "spread", "justify.inset"),
        ("space-evenly", "space-between", "spread", "justify.outset"),
        ("space-between", "flex-end", "end", "justify.end"),
    ],
)
def test_justified_rows_are_told_by_how_they_moved(old: str, new: str, direction: str, key: str) -> None:
    assert template_key(candidate("justify", direction, old, new), BUTTON) == key


@pytest.mark.parametrize(("code", "start"), [("#d97706", "An amber border"), (RED, "A red border")])
def test_a_colour_has_its_article(code: str, start: str) -> None:
    of = candidate("border", "increase", "none", f"4px solid {code}")
    assert any(said.startswith(start) for said in sentences(of))


def test_an_item_has_parts_and_a_row_has_items() -> None:
    change = candidate("justify", "end", "flex-start", "flex-end")
    item = Name(noun="list item", how="quote", quote=Quote(words="Save"))
    assert all('parts of the "Save" list item' in said for said in sentences(change, name=item))
    row = Name(noun="row", how="quote", quote=Quote(words="Save"))
    assert all('items in the "Save" row' in said for said in sentences(change, name=row))


def test_letters_and_lines_are_in_a_thing_not_in_its_text() -> None:
    name = Name(noun="button", how="quote", quote=Quote(words="Save"), owner_text=True)
    change = candidate("letter_spacing", "increase", "0em", "0.2em")
    said = write(change, name, BUTTON, BUTTON).text
    assert "of the text of" not in said
    assert "in the text of" not in said


@pytest.mark.parametrize(
    ("code", "name"),
    [("#fecaca", "light pink"), ("#fecdd3", "light pink"), ("#f87171", "light red"), ("#4d7c0f", "olive green"),
     ("#fafafa", "off-white"), ("#fb923c", "orange"), ("#c2410c", "dark orange"), ("#0369a1", "blue"),
     ("#082f49", "very dark blue"), ("#0ea5e9", "sky blue")],
)  # fmt: skip
def test_colours_are_named_as_the_eye_does(code: str, name: str) -> None:
    assert told(code) == name
