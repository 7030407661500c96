"""A page in the making: what every block of it shares."""

from dataclasses import dataclass

from pairgen.composer.dice import Dice
from pairgen.composer.markup import el, text
from pairgen.composer.theme import Theme
from pairgen.composer.voice import Voice


@dataclass(frozen=True, slots=True)
class Draft:
    """Hand a block its dice, words and looks."""

    dice: Dice
    voice: Voice
    theme: Theme

    def write(self, tag: str, style: str, content: str, extra: str = "", **attributes: str) -> str:
        """Return a leaf element with one text node in a text style of the theme."""
        return el(tag, f"{self.theme.style(style)} {extra}".strip(), text(content), **attributes)

    def button(self, kind: str, label: str, size: str = "px-5 py-2.5") -> str:
        """Return a button: solid, outline, tinted, gradient, or light (to lie on a gradient)."""
        theme = self.theme
        if kind == "solid" and theme.has_gradient_buttons:
            kind = "gradient"
        looks = {
            "solid": f"{theme.accent_bg} text-white border border-transparent",
            "outline": f"{theme.surface} {theme.accent_text} border {theme.accent_line}",
            "tinted": f"{theme.tint} {theme.accent_text} border border-transparent",
            # Without its origin at the border, the gradient would begin anew below the border.
            "gradient": f"{theme.gradient('r')} bg-origin-border text-white border border-transparent",
            "light": f"bg-white text-{theme.accent}-800 border border-transparent",
        }
        classes = f"inline-block {size} text-sm font-semibold {looks[kind]} {theme.button_corner} whitespace-nowrap"
        if self.dice.chance(0.5):
            return el("button", classes, text(label), type="button")
        return el("a", classes, text(label), href="#")

    def badge(self, label: str, extra: str = "") -> str:
        """Return a small label on a ground of its own."""
        theme = self.theme
        looks = self.dice.choose(
            (
                f"{theme.tint} {theme.accent_text} border {theme.accent_line} rounded-full",
                f"{theme.accent_bg} text-white rounded",
                f"{theme.surface} {theme.ink} border {theme.line} rounded-md",
            )
        )
        return el("span", f"inline-block px-2.5 py-1 text-xs font-medium {looks} {extra}".strip(), text(label))

    def link(self, label: str, style: str = "link", extra: str = "") -> str:
        """Return a text link."""
        return self.write("a", style, label, f"inline-block whitespace-nowrap {extra}".strip(), href="#")

    def justify(self) -> str:
        """Return how a row spreads its children."""
        return self.dice.choose(("justify-start", "justify-between", "justify-center", "justify-end", "justify-evenly"))
