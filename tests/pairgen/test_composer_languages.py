import ast
import hashlib
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from functools import lru_cache
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path

import pytest

import pairgen.composer
from pairgen.composer import DOMAINS, LEXICONS, compose
from pairgen.composer.dice import Dice
from pairgen.composer.foreign import ForeignVoice
from pairgen.composer.phrases import OWN_PHRASES
from pairgen.composer.setting import Setting, setting_of
from pairgen.composer.tongue import DomainWords, Tongue
from pairgen.composer.tongues import TONGUES, find_tongue
from pairgen.pages import composed_pages, drawn_language
from pairgen.utility_css import FONT_FAMILIES
from schemas.errors import ConfigError

VOID = {"input", "hr", "br", "meta", "link"}
UNSPACED = ("zh", "ja", "ko", "th")
SLOTS = {
    "thing",
    "person",
    "place",
    "street",
    "month",
    "weekday",
    "year",
    "soon",
    "day",
    "few",
    "n",
    "n2",
    "pct",
    "big",
}
OWN_SLOTS = {
    "person": {"first", "last"}, "address": {"street", "number"}, "date": {"day", "month"}, "money": {"amount"},
    "thing": {"quality", "item"}, "days": {"n"},
}  # fmt: skip
LEAST = {
    "first_names": 8, "last_names": 8, "places": 8, "streets": 6, "months": 12, "short_months": 12, "weekdays": 6,
    "qualities": 8, "sentences": 40, "headlines": 16, "kickers": 6, "actions": 16, "badges": 14, "nav": 8,
    "quotes": 12, "questions": 12, "foot_links": 18, "foot_heads": 8, "options": 12, "roles": 10, "fields": 14,
    "statuses": 6, "steps": 8, "metrics": 8, "columns": 6, "kinds": 15,
}  # fmt: skip
METRIC_KINDS = {"count", "percent", "money", "score", "days"}
COLUMN_KINDS = {"thing", "person", "place", "status", "date", "count", "money", "percent", "small"}
LATIN: frozenset[str] = frozenset()
"""Latin words that pages of other languages may show."""
ENGLISH = {
    0: "c5074a8955068c48", 1: "c225893725c5f432", 2: "2e7b27fb4c145c6d", 3: "c9c2a68b85d22f00",
    4: "4e658d49cab03e88", 5: "de7fc3086549808d", 6: "959ebc86fa8d76d0", 7: "e654428e3e8b973e",
    8: "c47437c4d60716bf", 9: "d292609c93d82be7", 10: "0d0339ce0d53a0ff", 11: "f672404a6b1017eb",
    12: "655e0c22b2ffd74b", 13: "e90ae473e798e9e4", 14: "ce853a5251a57f5c", 15: "3553491d2ff7d903",
    16: "1055aeedea6e3776", 17: "730dd9816063cbbb", 18: "0a019ae60d4d1374", 19: "ac158a9a4fcf6b39",
    700000: "7658e263c8dd6b23", 700001: "7a1dead5e038cd42", 700002: "81c4f97145a2ddd7", 700003: "93e513a0d7c58d91",
    700004: "3d733be0971d978b", 700005: "d981ede9c6a79910", 700006: "c0902ba94fe580f1", 700007: "e376eaa69673289e",
    700008: "68e1e892197bcc3f", 700009: "b3f45088ac212111", 700010: "56d5d095d3facb6e", 700011: "b492270bd315810e",
    700012: "f59a1278c609b3c2", 700013: "76e93e15ac02034f", 700014: "eb7c5e7ae166645a", 700015: "d75e332e5e374b7b",
    700016: "72e645e7194bc8d1", 700017: "4b468938c4caec80", 700018: "fa077c984b5691dc", 700019: "a3c95da10d57c477",
}  # fmt: skip
"""Seed -> digest (its first 16 digits) of the page as it was before pages spoke any other language."""


class Reader(HTMLParser):
    """Collects what a page shows as text, placeholders included."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.texts += [value for name, value in attrs if name == "placeholder" and value]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and "style" not in self.open:
            self.texts.append(data.strip())


def phrases(tongue: Tongue) -> Iterator[tuple[str, str]]:
    """Yield each text of a tongue with the field that holds it."""
    for field in fields(Tongue):
        value = getattr(tongue, field.name)
        if isinstance(value, str):
            yield field.name, value
        elif field.name == "catalogue":
            yield from (("catalogue", phrase) for phrase in value.values())
        elif field.name == "kinds":
            yield from (("kinds", word) for row in value for word in row)
        elif field.name != "domains":
            yield from ((field.name, phrase) for phrase in value)
    for words in tongue.domains.values():
        for field in fields(DomainWords):
            yield from ((f"domains.{field.name}", phrase) for phrase in getattr(words, field.name))


def short(tongue: Tongue) -> str:
    """Return what the registry calls a tongue: its code without script."""
    return tongue.code.partition("-")[0]


@pytest.fixture(params=sorted(TONGUES))
def tongue(request: pytest.FixtureRequest) -> Tongue:
    return find_tongue(request.param)


def test_english_pages_are_what_they_were() -> None:
    found = {seed: hashlib.sha256(compose(seed).html.encode()).hexdigest()[:16] for seed in ENGLISH}
    assert found == ENGLISH
    pages = islice(composed_pages(7), 20)
    assert [page.html for page in pages] == [compose(700000 + at, DOMAINS[at % 15]).html for at in range(20)]


def test_every_module_of_a_tongue_is_registered_and_named_after_it() -> None:
    modules = {path.stem for path in Path(pairgen.composer.__file__).parent.joinpath("tongues").glob("*.py")}
    assert modules - {"__init__"} == set(TONGUES)
    assert all(find_tongue(code).code.partition("-")[0] == code for code in TONGUES)


def test_a_tongue_is_complete(tongue: Tongue) -> None:
    short = {name: len(getattr(tongue, name)) for name, least in LEAST.items() if len(getattr(tongue, name)) < least}
    assert not short
    assert (len(tongue.months), len(tongue.short_months), len(tongue.weekdays)) == (12, 12, 6)
    assert set(tongue.catalogue) == set(OWN_PHRASES)
    assert set(tongue.domains) == set(DOMAINS)
    for domain, words in tongue.domains.items():
        assert len(words.brands) >= 4 and len(words.nav) >= 6 and len(words.items) >= 8, domain
        assert not set(words.nav) & set(tongue.nav), domain


def test_tables_and_metrics_name_kinds_that_there_are(tongue: Tongue) -> None:
    assert {metric.partition(":")[0] for metric in tongue.metrics} <= METRIC_KINDS
    kinds = [column.partition(":")[0] for column in tongue.columns]
    assert len(kinds) == 6 and kinds[-1] == "status" and set(kinds) <= COLUMN_KINDS
    assert [kind for kind, count in Counter(kinds).items() if count > 1 and kind != "count"] == []


def test_phrases_hold_only_slots_that_there_are(tongue: Tongue) -> None:
    for name, phrase in phrases(tongue):
        found = set(re.findall(r"\{(\w*)\}", phrase))
        assert phrase.count("{") == phrase.count("}") == len(re.findall(r"\{\w+\}", phrase)), (name, phrase)
        assert found <= OWN_SLOTS.get(name, SLOTS) or name == "catalogue", (name, phrase)
    for english, phrase in tongue.catalogue.items():
        assert set(re.findall(r"\{(\w+)\}", phrase)) == set(re.findall(r"\{(\w+)\}", english)), english
    assert all("{" in headline for headline in tongue.headlines)


def test_no_phrase_is_there_twice(tongue: Tongue) -> None:
    for name in LEAST:
        told = [phrase for field, phrase in phrases(tongue) if field == name]
        if name != "kinds":
            assert [phrase for phrase, count in Counter(told).items() if count > 1] == [], name
    for words in tongue.domains.values():
        for told in (words.brands, words.nav, words.items):
            assert len(set(told)) == len(told)


def test_sentences_are_of_a_length_that_fills_paragraphs(tongue: Tongue) -> None:
    low, high = (10, 50) if tongue.code.startswith(UNSPACED) else (22, 100)
    low, high = (10, 80) if tongue.code == "th" else (low, high)
    assert [sentence for sentence in tongue.sentences if not low <= len(sentence) <= high] == []
    ends = (".", "!", "。", "！", "।")
    assert [phrase for phrase in (*tongue.sentences, *tongue.quotes) if phrase.endswith(ends)] == []


def test_a_word_is_of_one_kind(tongue: Tongue) -> None:
    words = [word for row in tongue.kinds for word in row]
    assert [word for word, count in Counter(words).items() if count > 1] == []
    assert all(len(row) >= 2 for row in tongue.kinds)


def test_no_word_of_another_script_shows(tongue: Tongue) -> None:
    for number, domain in enumerate(DOMAINS * 3):
        page = compose(number, domain, short(tongue))
        for text in Reader(page.html).texts:
            assert set(re.findall(r"[A-Za-z]{2,}", text)) <= LATIN, (number, text)
            assert not re.search(r"[{}|]", text), (number, text)
            assert "  " not in text, (number, text)


def test_paragraphs_fill_as_many_lines_as_english_ones(tongue: Tongue) -> None:
    voice = ForeignVoice(Dice(3), LEXICONS["travel"], tongue, "travel")
    for num_sentences in (2, 3, 4):
        width = voice.num_columns(voice.paragraph(num_sentences))
        assert 66 * num_sentences <= width <= 68 * num_sentences + 110, (num_sentences, width)


def test_blocks_bring_no_phrase_that_the_catalogue_lacks() -> None:
    folder = Path(pairgen.composer.__file__).parent
    texts = set()
    for path in folder.glob("*.py"):
        if path.stem not in ("phrases", "voice", "foreign") and not path.stem.startswith("lexicon"):
            nodes = ast.walk(ast.parse(path.read_text()))
            texts |= {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert set(OWN_PHRASES) <= texts, "a phrase that no block uses"
    assert len(set(OWN_PHRASES)) == len(OWN_PHRASES)


def test_a_page_says_its_language_and_direction(tongue: Tongue) -> None:
    page = compose(3, "finance", short(tongue))
    assert page.language == short(tongue)
    root = re.search(r"<html[^>]*>", page.html)
    assert root is not None
    assert root[0] == f'<html lang="{tongue.code}"' + (' dir="rtl">' if tongue.code in ("ar", "he") else ">")


def test_left_and_right_are_exchanged_on_pages_that_run_from_the_right() -> None:
    setting = Setting(language="he", direction="rtl")
    one = "text-left ml-2 -mr-3 pl-6 left-16 border-l-4 rounded-r-md text-lg rounded-lg mx-auto bg-gradient-to-r"
    other = "text-right mr-2 -ml-3 pr-6 right-16 border-r-4 rounded-l-md text-lg rounded-lg mx-auto bg-gradient-to-r"
    assert setting.classes(one) == other
    assert setting.classes(other) == one
    assert Setting().classes(one) == one
    assert "text-align:right" in setting.reset


def test_letters_that_touch_are_not_spaced() -> None:
    for code in ("ar", "hi"):
        for seed in range(30):
            assert not re.search(r"tracking-|letter-spacing", compose(seed, None, code).html), (code, seed)


def test_pages_name_the_fonts_of_their_language(tongue: Tongue) -> None:
    if not tongue.font:
        return
    for seed in range(30):
        html = compose(seed, None, short(tongue)).html
        named = re.findall(r"font-family:([^;}]+)", html)
        assert named
        assert all(tongue.font in stack or (tongue.serif or tongue.font) in stack for stack in named), seed


@lru_cache(maxsize=64)
def glyphs(family: str) -> frozenset[int]:
    """Return the code points that a family has, as fontconfig tells."""
    told = subprocess.run(["fc-list", family, "--format", "%{charset}\\n"], capture_output=True, text=True, check=True)
    parts = {part for line in told.stdout.splitlines() for part in line.split()}
    ranges = (part.split("-") for part in parts)
    return frozenset(
        code for first, *last in ranges for code in range(int(first, 16), int((last or [first])[0], 16) + 1)
    )


@pytest.mark.parametrize("style", sorted(FONT_FAMILIES))
def test_the_named_fonts_draw_every_character(tongue: Tongue, style: str) -> None:
    if shutil.which("fc-list") is None:
        if os.environ.get("CI"):
            pytest.fail("no fontconfig on this machine")
        pytest.skip("no fontconfig on this machine")
    own = (tongue.serif or tongue.font) if style == "font-serif" else tongue.font
    stack = ",".join((FONT_FAMILIES[style].rpartition(",")[0], own)).replace("'", "").replace('"', "")
    drawn = frozenset().union(*(glyphs(name.strip()) for name in stack.split(",") if name.strip()))
    told = {char for _, phrase in phrases(tongue) for char in phrase if not char.isspace() and char.isprintable()}
    absent = {char for char in told if ord(char) not in drawn}
    assert not absent, f"{stack}: {''.join(sorted(absent))}"


def test_languages_have_their_shares() -> None:
    weights = {"en": 60, "zh": 5, "ja": 5, "ko": 0, "ar": 10, "ru": 20}
    found = Counter(drawn_language(seed, weights) for seed in range(300_000, 304_000))
    assert found["ko"] == 0
    for language, weight in weights.items():
        assert abs(found[language] / 4000 - weight / 100) < 0.025, found


def test_other_languages_leave_english_pages_as_they_are() -> None:
    pages = list(islice(composed_pages(3, {"en": 1, "ja": 1}), 30))
    assert {page.language for page in pages} == {"en", "ja"}
    english = {at: page.html for at, page in enumerate(pages) if page.language == "en"}
    assert english == {at: compose(300_000 + at, DOMAINS[at % 15]).html for at in english}


def test_an_unknown_language_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="unknown language 'xx': known: en, ar, el, he"):
        compose(1, "finance", "xx")


def test_blanks_are_as_wide_as_the_language_has_them() -> None:
    setting = setting_of(find_tongue("he"))
    assert (setting.rule("font-mono") or "").startswith(".font-mono{font-family:'Noto Sans Hebrew',")
    assert (setting.rule("font-sans") or "").startswith(".font-sans{font-family:Inter,")
