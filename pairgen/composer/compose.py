"""From a seed to a page."""

from collections.abc import Mapping
from typing import Final

from pairgen.composer import lexicon_leisure as leisure
from pairgen.composer import lexicon_public as public
from pairgen.composer import lexicon_trade as trade
from pairgen.composer.dice import Dice
from pairgen.composer.document import document
from pairgen.composer.draft import Draft
from pairgen.composer.foreign import ForeignVoice
from pairgen.composer.layouts import LAYOUTS
from pairgen.composer.lexicon import Lexicon
from pairgen.composer.setting import ENGLISH, setting_of
from pairgen.composer.theme import draw_theme
from pairgen.composer.tongues import find_tongue
from pairgen.composer.voice import Voice
from pairgen.records import Page
from schemas.errors import ConfigError
from schemas.registry import nearest
from schemas.vocabulary import DOMAINS

LEXICONS: Final[Mapping[str, Lexicon]] = {
    "e-commerce": trade.E_COMMERCE,
    "SaaS/tool": trade.SAAS,
    "news/media": public.NEWS,
    "education": public.EDUCATION,
    "government": public.GOVERNMENT,
    "healthcare": public.HEALTHCARE,
    "finance": trade.FINANCE,
    "travel": leisure.TRAVEL,
    "food/restaurant": trade.FOOD,
    "real estate": trade.REAL_ESTATE,
    "portfolio": leisure.PORTFOLIO,
    "corporate": leisure.CORPORATE,
    "social/community": leisure.SOCIAL,
    "entertainment": leisure.ENTERTAINMENT,
    "other": public.OTHER,
}
"""Domain -> vocabulary; the domains are those of the benchmark."""


def compose(seed: int, domain: str | None = None, language: str = ENGLISH.language) -> Page:
    """Write the page of a seed, the same on every machine; without a domain, seeds take turns through all.

    Raises ConfigError for a domain that isn't one of `schemas.vocabulary.DOMAINS`, or a language that isn't English
    nor one of `tongues.TONGUES`.
    """
    if domain is None:
        domain = DOMAINS[seed % len(DOMAINS)]
    if domain not in LEXICONS:
        raise ConfigError(f"unknown domain {domain!r}: {nearest(domain, LEXICONS)}")
    dice = Dice(seed)
    words = LEXICONS[domain]
    if language == ENGLISH.language:
        draft = Draft(dice, Voice(dice, words), draw_theme(dice))
    else:
        tongue = find_tongue(language)
        draft = Draft(dice, ForeignVoice(dice, words, tongue, domain), draw_theme(dice, setting_of(tongue)))
    body = LAYOUTS[dice.choose(words.layouts)](draft)
    html = document(draft, body, draft.theme.plain_rules)
    return Page(page_id=f"page-{seed:06d}", domain=domain, html=html, language=language)
