import random
import string
from dataclasses import replace
from itertools import islice

import pytest
from snapshots import Node, applied, border, changed, every, find, page, sample_page

from pairgen.hues import color_name
from pairgen.names import Quote, directory_of
from pairgen.naming import describe
from pairgen.operators import propose
from pairgen.operators.styles import parse_color
from pairgen.operators.tiers import MECHANISMS
from pairgen.records import Candidate, Change, Described, Rejected, Snapshot
from pairgen.wording import TEMPLATES
from schemas.vocabulary import CHANGED_TIERS, DIRECT_EFFECT, DIRECTIONS, VISUAL_EFFECTS

PAGE = sample_page()
_LAYOUT = {"position", "spacing", "justify", "border"}
"""Operators whose check needs boxes that only a browser lays out, or shorthands that it resolves."""


def faded(snapshot: Snapshot, ref: int) -> Candidate:
    """Return a change of opacity, which can be named wherever the element can."""
    assert ref < len(snapshot.elements)
    return Candidate(
        operator="opacity", tier="medium", mechanism="style_override", property="opacity", direction="decrease",
        change=Change(ref=ref, styles={"opacity": "0.5"}), old_value="1", new_value="0.5", magnitude=0.5,
    )  # fmt: skip


def outcome(snapshot: Snapshot, ref: int) -> Described | Rejected:
    candidate = faded(snapshot, ref)
    return describe(candidate, snapshot, applied(snapshot, candidate))


def element_name(snapshot: Snapshot, ref: int) -> str:
    found = outcome(snapshot, ref)
    assert isinstance(found, Described), found
    return found.truth.mutations[0].element


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Start free trial", '"Start free trial" button in the top bar'),
        ("Pricing", '"Pricing" link in the navigation bar'),
        ("Ship faster with less work", 'heading "Ship faster with less work" in the banner'),
        ("$49", 'price "$49"'),
        ("Made in Lisbon since 2014", 'text "Made in Lisbon since 2014" in the footer'),
    ],
)
def test_texts_are_named_by_what_they_say(text: str, name: str) -> None:
    assert element_name(PAGE, find(PAGE, text).ref) == name


def test_containers_are_named_by_their_heading_or_kind() -> None:
    card = next(e for e in PAGE.elements if e.role == "card")
    bar = next(e for e in PAGE.elements if e.role == "navigation")
    assert element_name(PAGE, card.ref) == 'card with the heading "Starter"'
    assert element_name(PAGE, bar.ref) == "navigation bar"


def _two_cards(first: str, second: str) -> Snapshot:
    white = {"background-color": "rgb(248, 250, 252)"}
    cards = [
        Node("card", (20 + 320 * i, 20, 300, 120), styles=white, children=[
            Node("heading", (40 + 320 * i, 40, 200, 24), title, tag="h3"),
            Node("link", (40 + 320 * i, 80, 100, 24), "Read more", tag="a"),
        ])
        for i, title in enumerate((first, second))
    ]  # fmt: skip
    return page(*cards)


def test_repeated_text_takes_its_place_along() -> None:
    snapshot = _two_cards("City walks", "Mountain huts")
    assert element_name(snapshot, 3) == '"Read more" link in the "City walks" card'
    assert element_name(snapshot, 6) == '"Read more" link in the "Mountain huts" card'


def test_near_duplicates_are_no_names() -> None:
    snapshot = _two_cards("Winter offers 2023", "Winter offers 2024")
    assert outcome(snapshot, 2) == Rejected("unnamed", "element 2")
    assert outcome(snapshot, 3) == Rejected("unnamed", "element 3")


def test_case_and_width_do_not_tell_apart() -> None:
    snapshot = page(Node("link", (10, 10, 90, 20), "SALE ends"), Node("link", (10, 60, 90, 20), "Sale ends"))
    assert outcome(snapshot, 1) == Rejected("unnamed", "element 1")


def test_a_name_must_hold_in_the_second_image_too() -> None:
    snapshot = page(Node("link", (10, 10, 90, 20), "Arrivals"), Node("link", (10, 60, 90, 20), "Departures"))
    candidate = faded(snapshot, 1)
    after = changed(applied(snapshot, candidate), 2, text="Arrivals")
    assert describe(candidate, snapshot, after) == Rejected("unnamed", "element 1")


def test_wrapper_that_fills_the_same_box_is_ambiguous() -> None:
    inner = Node("card", (21, 21, 298, 118), "Only words", styles={**border(2)})
    outer = Node("card", (20, 20, 300, 120), children=[inner], styles={"background-color": "rgb(226, 232, 240)"})
    snapshot = page(outer)
    candidate = Candidate(
        operator="border", tier="medium", mechanism="style_override", property="border-style", direction="restyle",
        change=Change(ref=2, styles={"border-style": "dashed"}), old_value="solid", new_value="dashed", magnitude=1,
    )  # fmt: skip
    after = changed(snapshot, 2, styles={"border-top-style": "dashed"})
    found = describe(candidate, snapshot, after)
    assert isinstance(found, Rejected)
    assert found.predicate == "ambiguous"


def test_text_on_a_button_is_told_from_the_button() -> None:
    label = Node("text", (40, 30, 80, 20), "Save draft", tag="span")
    button = Node("button", (20, 20, 140, 40), children=[label], tag="button",
                  styles={"background-color": "rgb(37, 99, 235)", **every("padding", 10)})  # fmt: skip
    snapshot = page(button)
    assert element_name(snapshot, 2) == 'text of the "Save draft" button'
    assert element_name(snapshot, 1) == '"Save draft" button'


def _edit(snapshot: Snapshot, ref: int, new: str, tier: str = "medium", way: str = "replace") -> Described | Rejected:
    old = snapshot.elements[ref].own_text
    candidate = Candidate(
        operator="text", tier=tier, mechanism="substitute" if way == "replace" else "delete",
        property="text-content", direction=way, change=Change(ref=ref, text=(old, new)),
        old_value=old, new_value=new, magnitude=1,
    )  # fmt: skip
    return describe(candidate, snapshot, applied(snapshot, candidate))


def test_text_edit_is_anchored_on_what_stays() -> None:
    snapshot = page(Node("heading", (10, 10, 400, 30), "Opening hours for Monday", tag="h2"))
    found = _edit(snapshot, 1, "Opening hours for Friday")
    assert isinstance(found, Described)
    assert found.truth.mutations[0].element == 'heading that begins with "Opening hours for …"'
    assert '"Monday"' in found.truth.answer
    assert '"Friday"' in found.truth.answer


def test_text_edit_at_the_start_is_anchored_on_the_end() -> None:
    snapshot = page(Node("heading", (10, 10, 400, 30), "Monday opening hours", tag="h2"))
    found = _edit(snapshot, 1, "Friday opening hours")
    assert isinstance(found, Described)
    assert found.truth.mutations[0].element == 'heading that ends in "… opening hours"'


def test_the_words_beside_an_icon_are_not_the_whole_button() -> None:
    words = Node("text", (50, 10, 70, 20), "Layout", tag="span")
    icon = Node("icon", (20, 10, 20, 20), tag="svg")
    with_icon = page(Node("button", (10, 5, 130, 30), children=[icon, words]))
    assert element_name(with_icon, 3) == 'text of the "Layout" button'
    assert element_name(page(Node("button", (10, 5, 130, 30), children=[words])), 2) == '"Layout" button'


@pytest.mark.parametrize("looks", [{}, border(1)])
def test_buttons_are_not_counted_where_a_link_looks_like_one(looks: dict[str, str]) -> None:
    icons = [Node("icon", (20 + 60 * i, 15, 20, 20), tag="svg") for i in range(3)]
    buttons = [Node("button", (10 + 60 * i, 10, 40, 30), children=[icons[i]], styles=border(1)) for i in range(3)]
    link = Node("link", (200, 10, 60, 30), "Docs", tag="a", styles=looks)
    found = outcome(page(Node("navigation", (0, 0, 1280, 60), children=[*buttons, link], tag="nav")), 2)
    if looks:
        assert isinstance(found, Rejected)
        assert found.predicate == "unnamed"
    else:
        assert isinstance(found, Described)
        assert found.truth.mutations[0].element == "first button in the navigation bar"


@pytest.mark.parametrize("others", ["A font is a face", "Of all sets the first"])
def test_words_amid_a_text_that_stand_elsewhere_name_nothing(others: str) -> None:
    inline = Node("text", (100, 10, 40, 20), "sets", tag="span")
    sentence = Node("paragraph", (10, 10, 600, 20), "Subtracts from the first", children=[inline])
    found = outcome(page(sentence, Node("paragraph", (10, 50, 600, 20), others)), 2)
    if "sets" in others:
        assert found == Rejected("unnamed", "element 2")
    else:
        assert isinstance(found, Described)
        assert found.truth.mutations[0].element == 'text "sets"'


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("The library that never sleeps", "The museum that always sleeps", 'heading that ends in "… sleeps"'),
        ("See also", "See alo", 'heading that begins with "See …"'),
    ],
)
def test_the_longer_words_that_stay_are_the_anchor(old: str, new: str, name: str) -> None:
    found = _edit(page(Node("heading", (10, 10, 400, 30), old, tag="h2")), 1, new)
    assert isinstance(found, Described)
    assert found.truth.mutations[0].element == name


def test_text_edit_without_anchor_needs_a_place() -> None:
    lone = page(Node("text", (10, 10, 400, 30), "Monday"), Node("text", (10, 60, 400, 30), "Evening"))
    assert isinstance(_edit(lone, 1, "Friday"), Rejected)
    bar = Node("navigation", (0, 0, 600, 40), tag="nav", children=[
        Node("link", (10 + 100 * i, 10, 80, 20), word, tag="a") for i, word in enumerate(("Shop", "Sale", "Help"))
    ])  # fmt: skip
    found = _edit(page(bar), 3, "Sole", tier="hard")
    assert isinstance(found, Described)
    assert found.truth.mutations[0].element == "second link in the navigation bar"


def test_deleted_words_are_quoted() -> None:
    snapshot = page(Node("paragraph", (10, 10, 600, 30), "Rooms with a view of the old harbour", tag="p"))
    found = _edit(snapshot, 1, "Rooms with a view of the harbour", way="delete")
    assert isinstance(found, Described)
    assert '"old"' in found.truth.answer


def test_the_full_stop_that_both_words_have_is_not_quoted() -> None:
    snapshot = page(Node("paragraph", (10, 10, 600, 30), "Shares were flat for most of the year.", tag="p"))
    found = _edit(snapshot, 1, "Shares were flat for most of the month.")
    assert isinstance(found, Described)
    assert '"year"' in found.truth.answer
    assert '"month"' in found.truth.answer


def test_claim_that_the_page_does_not_bear_out_is_refused() -> None:
    candidate = faded(PAGE, find(PAGE, "Pricing").ref)
    found = describe(candidate, PAGE, PAGE)
    assert isinstance(found, Rejected)
    assert found.predicate == "not_applied"


def test_margin_that_moves_nothing_is_refused() -> None:
    snapshot = page(Node("text", (10, 10, 90, 20), "Above"), Node("text", (10, 30, 90, 20), "Below"))
    candidate = Candidate(
        operator="spacing", tier="medium", mechanism="style_override", property="margin-top", direction="increase",
        change=Change(ref=2, styles={"margin-top": "12px"}), old_value="0px", new_value="12px", magnitude=12,
    )  # fmt: skip
    stuck = changed(snapshot, 2, styles={"margin-top": "12px"})
    assert isinstance(describe(candidate, snapshot, stuck), Rejected)
    box = replace(snapshot.elements[2].box, y=42)
    moved = changed(stuck, 2, box=box, visible_box=box)
    found = describe(candidate, snapshot, moved)
    assert isinstance(found, Described)
    assert found.truth.visual_effects == ("space", "position")


def test_wrapped_text_reads_as_wrapping() -> None:
    candidate = next(propose(PAGE, "letter_spacing", "easy", "style_override", random.Random(1)))
    after = applied(PAGE, candidate)
    em = float(candidate.new_value.removesuffix("em"))
    size = float(after.elements[candidate.change.ref].styles["font-size"].removesuffix("px"))
    after = changed(after, candidate.change.ref, styles={"letter-spacing": f"{em * size}px"}, num_lines=2)
    found = describe(candidate, PAGE, after)
    assert isinstance(found, Described)
    assert found.truth.visual_effects == ("letter_spacing", "size", "wrapping")


@pytest.mark.parametrize("operator", sorted(set(DIRECTIONS) - _LAYOUT - {"letter_spacing", "rounded", "line_height"}))
def test_truths_are_whole(operator: str) -> None:
    num_described = 0
    for tier in CHANGED_TIERS:
        for mechanism in set(MECHANISMS[operator]) - {"class_swap"}:
            for candidate in islice(propose(PAGE, operator, tier, mechanism, random.Random(7)), 12):
                found = describe(candidate, PAGE, applied(PAGE, candidate))
                if isinstance(found, Rejected):
                    continue
                num_described += 1
                _check_truth(found, candidate)
    assert num_described >= 9


def _check_truth(found: Described, candidate: Candidate) -> None:
    (mutation,) = found.truth.mutations
    assert found.truth.answer == mutation.template
    assert found.truth.answer.endswith(".")
    assert "{" not in found.truth.answer
    assert mutation.element in found.truth.answer or "text of the" in found.truth.answer
    assert not mutation.element.startswith(("The ", "the "))
    assert found.truth.visual_effects[0] == DIRECT_EFFECT[candidate.operator]
    assert set(found.truth.visual_effects) <= set(VISUAL_EFFECTS)
    key, _, number = found.template_id.rpartition(".")
    assert int(number) < len(TEMPLATES[key])


def test_templates_cover_every_direction_and_carry_no_adverb_of_size() -> None:
    covered = {"position", "padding.increase", "padding.decrease", "margin.increase", "margin.decrease"}
    for operator, directions in DIRECTIONS.items():
        for direction in directions:
            is_elsewhere = operator in ("position", "spacing") or (operator, direction) == ("opacity", "increase")
            assert is_elsewhere or f"{operator}.{direction}" in TEMPLATES
    assert covered <= set(TEMPLATES)
    for templates in TEMPLATES.values():
        assert len(set(templates)) == len(templates) >= 2
        for template in templates:
            assert not {"slightly", "much", "significantly", "very", "little"} & set(template.split())
            fields = {name for _, name, _, _ in string.Formatter().parse(template) if name}
            assert fields & {"name", "text", "thing", "ink", "ink_color"}


def test_quotes_fit_folded_text() -> None:
    assert Quote(words="Start Free").fits("start free")
    assert Quote(words="Our team", part="begins").fits("our team builds tools")
    assert Quote(words="hours", part="ends").fits("opening hours")
    assert not Quote(words="Our team", part="begins").fits("the team builds")


def test_full_stops_are_not_doubled() -> None:
    snapshot = page(Node("paragraph", (10, 10, 300, 20), "The office is closed on Monday.", tag="p"))
    found = outcome(snapshot, 1)
    assert isinstance(found, Described)
    assert 'paragraph "The office is closed on Monday"' in found.truth.answer


def test_a_snapshot_is_indexed_once() -> None:
    assert directory_of(PAGE) is directory_of(PAGE)


@pytest.mark.parametrize(
    ("code", "name"), [("#ffffff", "white"), ("#2563eb", "blue"), ("#14532d", "dark green"), ("#fee2e2", "pale pink")]
)
def test_colors_have_plain_names(code: str, name: str) -> None:
    color = parse_color(code)
    assert color is not None
    assert color_name(color) == name
