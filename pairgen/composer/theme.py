"""How a page looks: colours, type, corners and density, as utility classes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pairgen.composer.dice import Dice
from pairgen.composer.setting import ENGLISH, Setting
from pairgen.utility_css import FONT_FAMILIES, FONT_WEIGHTS

ACCENTS: Final = {
    "blue": 600, "indigo": 600, "violet": 600, "purple": 600, "fuchsia": 600, "pink": 600, "rose": 600, "red": 600,
    "orange": 700, "amber": 700, "yellow": 700, "lime": 700, "green": 700, "emerald": 700, "teal": 700, "cyan": 700,
    "sky": 700,
}  # fmt: skip
"""Hue -> the lightest shade on which white text has a contrast of 4.5 or more."""

_COMPANIONS: Final = {
    "blue": "cyan", "indigo": "sky", "violet": "pink", "purple": "rose", "fuchsia": "indigo", "pink": "orange",
    "rose": "purple", "red": "amber", "orange": "rose", "amber": "red", "yellow": "orange", "lime": "teal",
    "green": "teal", "emerald": "sky", "teal": "blue", "cyan": "indigo", "sky": "violet",
}  # fmt: skip
_NEUTRALS: Final = ("slate", "gray", "zinc", "neutral", "stone")
_FONTS: Final = (
    ("font-sans", "font-sans"), ("font-sans", "font-sans"), ("font-sans", "font-sans"), ("font-sans", "font-display"),
    ("font-sans", "font-display"), ("font-sans", "font-display"), ("font-sans", "font-serif"),
    ("font-sans", "font-mono"), ("font-humanist", "font-sans"), ("font-serif", "font-sans"),
    ("font-humanist", "font-serif"),
)  # fmt: skip
"""(body, headings). Inter has nine weights, the Noto families two, so Inter leads."""
_TWO_FACED: Final = ("font-humanist", "font-serif", "font-mono")
"""Families of which a plain Debian has the regular and the bold face only."""
_CORNERS: Final = (
    ("rounded-none", "rounded-none"), ("rounded-sm", "rounded"), ("rounded-md", "rounded-md"),
    ("rounded-lg", "rounded-lg"), ("rounded-xl", "rounded-lg"), ("rounded-2xl", "rounded-xl"),
    ("rounded-xl", "rounded-full"), ("rounded-lg", "rounded-md"),
)  # fmt: skip
"""(card, button)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Hold one page's choices; the properties are classes ready to use."""

    is_dark: bool
    neutral: str
    accent: str
    second: str
    body_font: str
    head_font: str
    card_corner: str
    button_corner: str
    card_line: str
    """Border classes of cards without their colour."""
    heading_weight: str
    paragraph_leading: str
    paragraph_size: str
    page_shade: int
    has_gradient_buttons: bool
    plain_styles: tuple[str, ...] = ()
    """Text styles written as named rules, the way hand-made stylesheets have them."""
    setting: Setting = ENGLISH
    """What the page's language asks of its looks."""

    def _by_mode(self, light: str, dark: str) -> str:
        return dark if self.is_dark else light

    @property
    def page(self) -> str:
        """Return the page's background."""
        return (
            f"bg-{self.neutral}-950"
            if self.is_dark
            else ("bg-white" if self.page_shade == 0 else f"bg-{self.neutral}-{self.page_shade}")
        )

    @property
    def surface(self) -> str:
        """Return the background of what lies on the page."""
        return self._by_mode("bg-white", f"bg-{self.neutral}-900")

    @property
    def tint(self) -> str:
        """Return a quiet background that differs from page and surface."""
        return self._by_mode(f"bg-{self.accent}-50", f"bg-{self.neutral}-800")

    @property
    def line(self) -> str:
        """Return the colour of hairlines."""
        return self._by_mode(f"border-{self.neutral}-200", f"border-{self.neutral}-700")

    @property
    def ink(self) -> str:
        """Return the colour of headings."""
        return self._by_mode(f"text-{self.neutral}-900", f"text-{self.neutral}-50")

    @property
    def soft(self) -> str:
        """Return the colour of running text."""
        return self._by_mode(f"text-{self.neutral}-600", f"text-{self.neutral}-300")

    @property
    def faint(self) -> str:
        """Return the colour of side notes."""
        return self._by_mode(f"text-{self.neutral}-500", f"text-{self.neutral}-400")

    @property
    def accent_text(self) -> str:
        """Return the accent as a text colour."""
        return self._by_mode(f"text-{self.accent}-700", f"text-{self.accent}-300")

    @property
    def accent_bg(self) -> str:
        """Return the accent as a background for white text."""
        return f"bg-{self.accent}-{ACCENTS[self.accent]}"

    @property
    def accent_line(self) -> str:
        """Return the accent as a border colour."""
        return self._by_mode(f"border-{self.accent}-300", f"border-{self.accent}-700")

    @property
    def card(self) -> str:
        """Return surface, border and corners of a card."""
        return f"{self.surface} {self.card_line} {self.line} {self.card_corner}"

    def gradient(self, direction: str) -> str:
        """Return a gradient dark enough for white text, towards `direction` (r, b, l, ...)."""
        shade, other = ACCENTS[self.accent], ACCENTS[self.second]
        return f"bg-gradient-to-{direction} from-{self.accent}-{shade + 100} to-{self.second}-{other}"

    def pale_gradient(self, direction: str) -> str:
        """Return a gradient for text in the ink colour."""
        if self.is_dark:
            return f"bg-gradient-to-{direction} from-{self.accent}-950 to-{self.neutral}-800"
        return f"bg-gradient-to-{direction} from-{self.accent}-200 to-{self.second}-50"

    def drawn(self, classes: str) -> str:
        """Return an element's classes as its language has them, with the weight that is really drawn.

        Where a family has two faces only, that is one of these.
        """
        classes = self.setting.classes(classes)
        names = classes.split()
        family = next((name for name in names if name in FONT_FAMILIES), self.body_font)
        if family not in _TWO_FACED and not self.setting.font:
            return classes
        return " ".join(_nearest_face(name) for name in names)

    def style(self, name: str) -> str:
        """Return the text classes of one of STYLES: utilities, or one named class where the style is plain."""
        return PLAIN_NAMES[name] if name in self.plain_styles else self._utilities(name)

    @property
    def plain_rules(self) -> Mapping[str, str]:
        """Return class -> declarations for the plain styles."""
        return {PLAIN_NAMES[name]: self._declarations(name) for name in self.plain_styles}

    def _declarations(self, style: str) -> str:
        rules = (self.setting.rule(name) or "" for name in self.drawn(self._utilities(style)).split())
        return ";".join(rule[rule.index("{") + 1 : -1] for rule in rules)

    def _utilities(self, name: str) -> str:
        return STYLES[name].format(
            weight=self.heading_weight, head=self.head_font, ink=self.ink, soft=self.soft, faint=self.faint,
            accent=self.accent_text, leading=self.paragraph_leading, size=self.paragraph_size,
        )  # fmt: skip


STYLES: Final = {
    "display": "text-5xl {weight} {head} {ink} tracking-tight leading-tight",
    "title": "text-3xl {weight} {head} {ink} tracking-tight",
    "section": "text-2xl {weight} {head} {ink}",
    "card_title": "text-lg font-semibold {head} {ink}",
    "name": "text-base font-semibold {ink}",
    "lead": "text-lg font-normal {soft} {leading}",
    "body": "{size} font-normal {soft} {leading}",
    "small": "text-sm font-normal {soft} {leading}",
    "note": "text-xs font-normal {faint}",
    "meta": "text-sm font-normal {faint}",
    "label": "text-sm font-medium {ink}",
    "link": "text-sm font-medium {accent}",
    "kicker": "text-xs font-semibold uppercase tracking-widest {accent}",
    "figure": "text-3xl font-bold {ink} tabular-nums",
    "price": "text-xl font-bold {ink} tabular-nums",
}
"""Text style -> classes; one font size, weight and colour each, so that any of them can be swapped."""

PLAIN_NAMES: Final = {
    "body": "copy", "small": "card-copy", "meta": "meta-line", "note": "fine-print", "lead": "lede",
    "label": "label-text", "card_title": "card-heading", "name": "item-name", "kicker": "eyebrow", "price": "amount",
}  # fmt: skip
"""Text style -> the class that a hand-made stylesheet would give it."""


def _nearest_face(name: str) -> str:
    weight = FONT_WEIGHTS.get(name)
    return name if weight is None else "font-normal" if weight <= 500 else "font-bold"


def draw_theme(dice: Dice, setting: Setting = ENGLISH) -> Theme:
    """Draw a look; about one page in five is dark."""
    accent = dice.choose(list(ACCENTS))
    card_corner, button_corner = dice.choose(_CORNERS)
    body_font, head_font = dice.choose(_FONTS)
    return Theme(
        is_dark=dice.chance(0.2),
        neutral=dice.choose(_NEUTRALS),
        accent=accent,
        second=_COMPANIONS[accent] if dice.chance(0.7) else accent,
        body_font=body_font,
        head_font=head_font,
        card_corner=card_corner,
        button_corner=button_corner,
        card_line=dice.choose(("border", "border", "border", "border-2", "border shadow-sm")),
        heading_weight=dice.choose(
            ("font-bold", "font-bold", "font-semibold", "font-extrabold", "font-medium", "font-light")
        ),
        paragraph_leading=dice.choose(("leading-relaxed", "leading-normal", "leading-[1.7em]", "leading-[1.55em]")),
        paragraph_size=dice.choose(("text-base", "text-[17px]", "text-lg")),
        has_gradient_buttons=dice.chance(0.4),
        page_shade=dice.choose((0, 0, 50, 100)),
        plain_styles=tuple(dice.sample(list(PLAIN_NAMES), 5)) if dice.chance(0.3) else (),
        setting=setting,
    )
