import hashlib
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path

import pytest

from pairgen.composer import DOMAINS, LEXICONS, compose
from pairgen.composer.forms import notes
from pairgen.composer.layouts import LAYOUTS
from pairgen.composer.markup import classes_of
from schemas.errors import ConfigError

SEEDS = range(60)
ROOT = Path(__file__).parents[2]
VOID = {"input", "hr", "br", "meta", "link"}


class Reader(HTMLParser):
    """Collects visible text, headings and the tag skeleton; fails on tags that don't close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.headings: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and "style" not in self.open and "title" not in self.open:
            self.texts.append(data.strip())
            if self.open[-1] in ("h1", "h2", "h3"):
                self.headings.append(data.strip())


@pytest.fixture(scope="module")
def pages() -> dict[int, str]:
    return {seed: compose(seed).html for seed in SEEDS}


@pytest.fixture(scope="module")
def readers(pages: dict[int, str]) -> dict[int, Reader]:
    return {seed: Reader(html) for seed, html in pages.items()}


def test_a_seed_writes_the_same_bytes_in_every_process() -> None:
    code = (
        "import hashlib; from pairgen.composer import compose;"
        "print(hashlib.sha256(''.join(compose(seed).html for seed in range(30)).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": salt},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for salt in ("1", "4242")
    }
    assert len(digests) == 1
    assert len(digests.pop()) == 64


def test_without_a_domain_seeds_take_turns_through_all_fifteen() -> None:
    assert [compose(seed).domain for seed in range(15)] == list(DOMAINS)
    assert tuple(LEXICONS) == DOMAINS


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_can_be_asked_for(domain: str) -> None:
    page = compose(7, domain)
    assert (page.page_id, page.domain, page.language) == ("page-000007", domain, "en")


def test_an_unknown_domain_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean finance"):
        compose(1, "finances")


def test_every_layout_of_every_domain_exists_and_domains_have_at_least_four() -> None:
    for domain, lexicon in LEXICONS.items():
        assert set(lexicon.layouts) <= set(LAYOUTS), domain
        assert len(set(lexicon.layouts)) >= 4, domain


def test_every_class_has_one_rule_and_every_rule_is_used(pages: dict[int, str]) -> None:
    for seed, html in pages.items():
        style = html[html.index("<style>") : html.index("</style>")]
        rules = re.findall(r"^\.((?:\\.|[\w-])+)[^{\n]*\{[^{}]+\}$", style, flags=re.MULTILINE)
        assert [re.sub(r"\\(.)", r"\1", rule) for rule in rules] == classes_of(html), seed


def test_pages_are_self_contained(pages: dict[int, str]) -> None:
    for seed, html in pages.items():
        assert not re.search(r"https?:|//[a-z]|<script|<img|@import|url\(", html), seed
        assert not re.search(r"[\U0001f000-\U0001ffff\u2600-\u27bf]", html), f"emoji in {seed}"


def test_pages_leave_no_slot_unfilled(readers: dict[int, Reader]) -> None:
    for seed, reader in readers.items():
        assert not [text for text in reader.texts if re.search(r"[{}|]|\"\"", text)], seed


def test_headings_are_unique_on_their_page(readers: dict[int, Reader]) -> None:
    for seed, reader in readers.items():
        assert len(set(reader.headings)) == len(reader.headings), seed


def test_most_texts_are_unique_on_their_page(readers: dict[int, Reader]) -> None:
    shares = [len(set(reader.texts)) / len(reader.texts) for reader in readers.values()]
    assert min(shares) > 0.75
    assert sum(shares) / len(shares) > 0.9


def test_no_two_pages_share_much_text(readers: dict[int, Reader]) -> None:
    def shingles(reader: Reader) -> set[tuple[str, ...]]:
        words = " ".join(reader.texts).split()
        return set(zip(*(words[start:] for start in range(5)), strict=False))

    sets = {seed: shingles(reader) for seed, reader in readers.items()}
    shared = max(len(sets[a] & sets[b]) / min(len(sets[a]), len(sets[b])) for a, b in combinations(sets, 2))
    assert shared < 0.25


def test_no_two_pages_have_the_same_structure(readers: dict[int, Reader]) -> None:
    skeletons = {hashlib.sha256(" ".join(reader.tags).encode()).hexdigest() for reader in readers.values()}
    assert len(skeletons) == len(readers)


def test_pages_hold_targets_for_every_operator(pages: dict[int, str]) -> None:
    # Per page where a page of any kind has them, and over all pages where only some kinds do.
    always = (r"\bfont-(normal|medium|semibold|bold)\b", r"\btext-(xs|sm|base|lg|xl|\dxl)\b",
              r"\bjustify-(start|between|center|end|evenly)\b", r"\brounded", r"\bborder\b",
              r"\bp[xy]?-\d")  # fmt: skip
    for seed, html in pages.items():
        used = " ".join(classes_of(html))
        assert all(re.search(pattern, used) for pattern in always), seed
    gradients = [seed for seed, html in pages.items() if "bg-gradient-to-" in html]
    assert len(gradients) > 0.8 * len(pages)
    plain = [seed for seed, html in pages.items() if re.search(r"^\.(copy|meta-line|fine-print|eyebrow)\{", html, re.M)]
    assert 0.05 * len(pages) < len(plain) < 0.6 * len(pages)


def test_pages_in_a_family_of_two_faces_name_only_the_weights_it_has(pages: dict[int, str]) -> None:
    two_faced = {seed: html for seed, html in pages.items() if re.search(r'<body class="font-(humanist|serif)', html)}
    assert two_faced
    for seed, html in two_faced.items():
        inter = r'class="[^"]*\bfont-(sans|display)\b[^"]*"'
        rest = re.sub(inter, "", html[html.index("<body") :])
        assert not re.search(r"\bfont-(thin|light|medium|semibold|extrabold|black)\b", rest), seed
        assert not re.search(r"^\.(label-text|item-name|eyebrow)\{[^}]*font-weight:[56]00", html, re.M), seed
    assert len(two_faced) < 0.4 * len(pages)


def test_a_summary_adds_up() -> None:
    sums = 0
    for seed in range(40):
        shown = re.search(r"<dl.*?</dl>", compose(seed, "e-commerce").html)
        amounts = [int(text.replace(",", "")) for text in re.findall(r">\$([\d,]+)<", shown[0])] if shown else []
        assert amounts[:-1] == [] or sum(amounts[:-1]) == amounts[-1], seed
        sums += bool(amounts)
    assert sums


@pytest.mark.parametrize(
    ("label", "note"),
    [("Discount code", "As on your passport"), ("Letter to the editor", "As on your passport"),
     ("Email address", "At least {few} characters"), ("Company name", "As on your passport")],
)  # fmt: skip
def test_a_note_below_a_field_suits_its_label(label: str, note: str) -> None:
    assert note not in notes(label)
    assert "Optional" in notes(label)


def test_every_figure_groups_its_digits_in_threes(readers: dict[int, Reader]) -> None:
    for seed, reader in readers.items():
        assert not [text for text in reader.texts if re.search(r"\d,(\d{1,2}|\d{4,})\b", text)], seed


def test_gradients_of_bordered_elements_begin_at_the_border(pages: dict[int, str]) -> None:
    for seed, html in pages.items():
        for found in re.findall(r'class="([^"]*bg-gradient-to[^"]*)"', html):
            names = found.split()
            assert "border" not in names or "bg-origin-border" in names, seed


def test_every_picture_has_a_name_of_its_own(pages: dict[int, str]) -> None:
    named = [re.findall(r'role="img" aria-label="([^"]+)"', html) for html in pages.values()]
    assert sum(
        len(names) == html.count('role="img"') for names, html in zip(named, pages.values(), strict=True)
    ) == len(pages)
    assert any('<div class="flex items-center justify-center bg-gradient' in html for html in pages.values())


def test_most_pages_have_long_paragraphs_and_some_in_large_letters(pages: dict[int, str]) -> None:
    def holding(letters: str, num_chars: int) -> int:
        wanted = rf'<p class="[^"]*{letters}[^"]*"[^>]*>[^<]{{{num_chars},}}</p>'
        return sum(re.search(wanted, html) is not None for html in pages.values())

    assert holding("", 140) > 0.75 * len(pages)
    assert holding(r"text-(?:lg|\[17px\])", 160) > 0.2 * len(pages)
