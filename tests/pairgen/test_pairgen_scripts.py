import random
import unicodedata
from dataclasses import replace
from itertools import islice

import pytest
from snapshots import Node, applied, changed, page

from pairgen.browser import Renderer
from pairgen.composer import compose
from pairgen.composer.tongues import TONGUES, find_tongue
from pairgen.lines import is_rewrapped
from pairgen.names import directory_of
from pairgen.naming import describe
from pairgen.operators import propose
from pairgen.operators.flex import content_span, offsets
from pairgen.operators.script_edits import edits
from pairgen.operators.words import like_kind
from pairgen.records import Candidate, Described, Snapshot
from pairgen.scripts import cut_before, graphemes, is_unspaced
from pairgen.tree import Tree

TEXTS = {
    "ja": "三月から受付を始めます。水曜日の午後はお電話でもご相談いただけます。",
    "zh": "我们从三月开始接受预约，星期三下午也可以打电话咨询。",
    "th": "เปิดรับจองตั้งแต่เดือนมีนาคม โทรสอบถามได้ทุกวันพุธช่วงบ่าย",
    "ko": "3월부터 예약을 받으며 수요일 오후에는 전화로도 상담해 드립니다.",
    "hi": "हम मार्च से बुकिंग शुरू करते हैं और बुधवार को फ़ोन पर सलाह देते हैं।",
    "ar": "نبدأ استقبال الحجوزات في مارس ونجيب عن الأسئلة يوم الأربعاء.",
    "he": "אנחנו מתחילים לקבל הזמנות במרץ ועונים לשאלות בכל יום רביעי.",
    "ru": "Мы принимаем заявки с марта и отвечаем на вопросы каждую среду.",
    "el": "Δεχόμαστε κρατήσεις από τον Μάρτιο και απαντάμε κάθε Τετάρτη.",
}


def told(text: str, language: str) -> Snapshot:
    node = Node("paragraph", (40, 40, 700, 48), text, tag="p", lines=2, styles={"line-height": "24px"})
    return replace(page(node), language=language)


def test_characters_are_counted_with_their_marks() -> None:
    assert graphemes("क्षेत्र") == ["क्षे", "त्र"]
    assert graphemes("น้ำใจ") == ["น้ำ", "ใจ"]
    assert graphemes("שָׁלוֹם") == ["שָׁ", "ל", "וֹ", "ם"]
    assert graphemes("abc") == ["a", "b", "c"]
    assert cut_before("หน้าน้ำใจดี", 6) == "หน้า"


@pytest.mark.parametrize("language", sorted(TEXTS))
@pytest.mark.parametrize("tier", ["easy", "medium", "hard"])
@pytest.mark.parametrize("is_delete", [False, True])
def test_edits_tear_no_character_and_bring_no_other_script(language: str, tier: str, is_delete: bool) -> None:
    tongue = find_tongue(language)
    texts = [TEXTS[language], *(sentence for sentence in tongue.sentences if "{" not in sentence), *tongue.actions]
    found = 0
    for seed, text in enumerate(texts):
        whole = graphemes(text)
        for edit in edits(text, language, tier, random.Random(seed), is_delete=is_delete):
            found += 1
            ends = {len("".join(whole[:at])) for at in range(len(whole) + 1)}
            assert {edit.start, edit.end} <= ends, (text, edit)
            assert edit.new != text[edit.start : edit.end]
            assert not edit.new[:1] or not unicodedata.category(edit.new[0]).startswith("M")
            if is_delete:
                assert edit.new == ""
            assert not any(char.isascii() and char.isalpha() for char in edit.new if char not in text)
    assert found or tier == "easy" or (tier == "medium" and not is_delete)


@pytest.mark.parametrize("language", sorted(TONGUES))
def test_words_of_a_tongue_stand_for_each_other(language: str) -> None:
    for row in find_tongue(language).kinds:
        assert set(like_kind(row[0], language)) == set(row[1:])
    assert like_kind("monday", language) == ()
    assert "Tuesday" in like_kind("Monday", "de")  # a page that declares what we don't speak, as before


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_an_edited_text_is_named_and_told(language: str) -> None:
    snapshot = told(TEXTS[language], language)
    tongue = find_tongue(language)
    sentences = [TEXTS[language], *(sentence for sentence in tongue.sentences if "{" not in sentence)]
    kept = 0
    for tier in ("easy", "medium", "hard"):
        for text in sentences[:8]:
            snapshot = told(text, language)
            for candidate in propose(snapshot, "text", tier, "substitute", random.Random(3)):
                after = applied(snapshot, candidate)
                outcome = describe(candidate, snapshot, after)
                if not isinstance(outcome, Described):
                    continue
                kept += 1
                said = [part for part in outcome.truth.answer.split('"')[1::2] if "…" not in part]
                assert len(said) == 2 and said[0] != said[1], outcome.truth.answer
                gone, come = reversed(said) if "where it said" in outcome.truth.answer else said
                assert gone in text and come in candidate.new_value, outcome.truth.answer
    assert kept


def test_a_line_that_breaks_elsewhere_is_seen_where_no_blank_parts_words() -> None:
    text = "三月から受付を始めます水曜日の午後は"
    old = replace(told(text, "ja").elements[1], num_lines=2, line_starts=(0, 9))
    same = replace(old, own_text=text.replace("三", "四"))
    assert not is_rewrapped(old, same)
    assert is_rewrapped(old, replace(same, line_starts=(0, 8)))
    assert is_unspaced(text)


def test_letters_of_one_stroke_are_not_spaced() -> None:
    def proposed(language: str) -> list[Candidate]:
        snapshot = told(TEXTS[language], language)
        return list(propose(snapshot, "letter_spacing", "easy", "style_override", random.Random(1)))

    assert proposed("ar") == []
    assert proposed("he") and proposed("hi")


def row_from_right(value: str = "flex-start") -> Snapshot:
    """Three links in a row that begins at the right."""
    links = [
        Node("link", (1000 - 120 * at, 40, 100, 30), word, tag="a", styles={"direction": "rtl"})
        for at, word in enumerate(("ראשון", "שני", "שלישי"))
    ]
    style = {"display": "flex", "direction": "rtl", "justify-content": value, "column-gap": "20px"}
    nav = Node("navigation", (100, 30, 1000, 50), children=links, tag="nav", styles=style)
    return replace(page(nav), language="he")


def test_what_starts_a_row_from_the_right_is_seen_at_the_right() -> None:
    snapshot = row_from_right("center")
    found = {c.change.styles["justify-content"]: c for c in all_of(snapshot) if c.operator == "justify"}
    assert (found["flex-start"].new_value, found["flex-start"].direction) == ("right", "end")
    assert (found["flex-end"].new_value, found["flex-end"].direction) == ("left", "start")
    candidate = found["flex-end"]
    moved = changed(snapshot, 1, styles={"justify-content": "flex-end"})
    outcome = describe(candidate, snapshot, moved)
    assert isinstance(outcome, Described)
    assert "left" in outcome.truth.answer and "right" not in outcome.truth.answer
    assert outcome.truth.mutations[0].old_value == "center"


def test_the_way_that_items_go_is_reckoned_from_the_right() -> None:
    snapshot = row_from_right()
    nav = snapshot.elements[1]
    children = [snapshot.elements[ref] for ref in nav.children]
    assert offsets(nav, children, "flex-start") == [760, 880, 1000]
    assert offsets(nav, children, "flex-end") == [100, 220, 340]
    assert offsets(nav, children, "center") == [430, 550, 670]


@pytest.mark.parametrize("language", ["ar", "he"])
def test_items_stand_where_the_record_says_on_pages_from_the_right(renderer: Renderer, language: str) -> None:
    checked = set()
    for seed in range(4):
        renderer.load(compose(seed, None, language))
        before = Tree(renderer.snapshot())
        assert before.snapshot.language == language
        for tier in ("easy", "medium", "hard"):
            candidates = propose(before.snapshot, "justify", tier, "style_override", random.Random(seed))
            for candidate in islice(candidates, 3):
                assert renderer.apply(candidate.change)
                after = Tree(renderer.snapshot())
                row = after[candidate.change.ref]
                boxes = [child.box for child in after.children(row) if after.shows(child)]
                reckoned = offsets(
                    before[row.ref],
                    [c for c in before.children(before[row.ref]) if before.shows(c)],
                    candidate.change.styles["justify-content"],
                )
                left, width = content_span(row)
                room = (min(box.x for box in boxes) - left, left + width - max(box.x + box.w for box in boxes))
                if candidate.direction == "start":
                    assert room[0] <= 1 <= room[1], candidate
                elif candidate.direction == "end":
                    assert room[1] <= 1 <= room[0], candidate
                elif candidate.direction == "center":
                    assert abs(room[0] - room[1]) <= 2, candidate
                found = sorted(box.x for box in boxes)
                assert all(abs(a - b) <= 2 for a, b in zip(reckoned, found, strict=True)), candidate
                checked.add(candidate.direction)
                renderer.undo()
    assert checked == {"start", "end", "center", "spread"}


def all_of(snapshot: Snapshot) -> list[Candidate]:
    return [
        candidate
        for tier in ("easy", "medium", "hard")
        for operator in ("justify", "spacing")
        for candidate in propose(snapshot, operator, tier, "style_override", random.Random(1))
    ]


def test_room_before_an_element_is_at_its_right() -> None:
    painted = {"background-color": "rgb(20, 80, 160)", "direction": "rtl"}
    boxes = [Node("link", (1000 - 120 * at, 40, 100, 30), word, tag="a", styles=painted)
             for at, word in enumerate(("ראשון", "שני"))]  # fmt: skip
    style = {"display": "flex", "direction": "rtl", "column-gap": "20px"}
    nav = Node("navigation", (100, 30, 1000, 50), children=boxes, tag="nav", styles=style)
    margins = {c.property for c in all_of(replace(page(nav), language="he")) if c.property.startswith("margin")}
    assert margins == {"margin-right"}


def test_what_is_first_in_a_row_from_the_right_is_not_counted() -> None:
    directory = directory_of(row_from_right())
    names = [name for ref in (2, 3, 4) for name in directory.names(directory.tree[ref]) if name.how == "nth"]
    assert not [name for name in names if directory.means(name, directory.tree[2])]
