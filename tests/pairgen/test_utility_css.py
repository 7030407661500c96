import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairgen import utility_css as css

SCALES = (
    css.FONT_WEIGHTS, css.FONT_SIZES, css.TRACKINGS, css.LEADINGS, css.LEADINGS_PX, css.RADII, css.BORDER_WIDTHS,
    css.OPACITIES, css.JUSTIFY, css.GRADIENT_DIRECTIONS, css.FONT_FAMILIES,
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("text-lg", ".text-lg{font-size:18px;line-height:28px}"),
        ("text-[13px]", r".text-\[13px\]{font-size:13px}"),
        ("font-semibold", ".font-semibold{font-weight:600}"),
        ("text-red-500", ".text-red-500{color:#ef4444}"),
        ("bg-white/20", r".bg-white\/20{background-color:rgb(255 255 255/0.2)}"),
        ("from-sky-950", ".from-sky-950{--tw-gradient-from:#082f49}"),
        ("tracking-[0.06em]", r".tracking-\[0\.06em\]{letter-spacing:0.06em}"),
        ("tracking-[-0.12em]", r".tracking-\[-0\.12em\]{letter-spacing:-0.12em}"),
        ("leading-[1.5em]", r".leading-\[1\.5em\].leading-\[1\.5em\]{line-height:1.5em}"),
        ("p-[13px]", r".p-\[13px\]{padding:13px}"),
        ("px-1.5", r".px-1\.5.px-1\.5{padding-left:6px;padding-right:6px}"),
        ("-mt-2", ".-mt-2.-mt-2.-mt-2{margin-top:-8px}"),
        ("mt-[-6px]", r".mt-\[-6px\].mt-\[-6px\].mt-\[-6px\]{margin-top:-6px}"),
        ("w-1/2", r".w-1\/2{width:50%}"),
        ("border", ".border{border-width:1px}"),
        ("border-[3px]", r".border-\[3px\]{border-width:3px}"),
        ("border-b-2", ".border-b-2.border-b-2{border-bottom-width:2px}"),
        ("border-dashed", ".border-dashed{border-style:dashed}"),
        ("border-teal-300", ".border-teal-300{border-color:#5eead4}"),
        ("rounded-[7px]", r".rounded-\[7px\]{border-radius:7px}"),
        ("justify-between", ".justify-between{justify-content:space-between}"),
        ("opacity-[0.33]", r".opacity-\[0\.33\]{opacity:0.33}"),
        ("grid-cols-[220px_1fr]", r".grid-cols-\[220px_1fr\]{grid-template-columns:220px 1fr}"),
    ],
)
def test_rules_are_as_the_scale_says(name: str, rule: str) -> None:
    assert css.css_rule(name) == rule


@pytest.mark.parametrize(
    "name",
    ["", "-", "card", "text-", "text-huge", "text-red", "text-red-75", "p-", "p-7.7", "-p-auto", "border-t-3", "w-0/0",
     "leading-[red]", "p-[1px;color:red]", "text-[#12345]", "bg-white/101", "from-", "translate-z-4",
     "translate-x-auto"],
)  # fmt: skip
def test_unknown_classes_have_no_rule(name: str) -> None:
    assert css.css_rule(name) is None


def test_every_scale_entry_has_its_own_rule() -> None:
    names = [name for scale in SCALES for name in scale]
    rules = [css.css_rule(name) for name in names]
    assert None not in rules
    assert len(set(rules)) == len(rules)


def test_palette_is_whole_and_each_hue_darkens_from_step_to_step() -> None:
    assert len(css.PALETTE) == 22
    for hue, shades in css.PALETTE.items():
        assert tuple(shades) == css.SHADES
        assert all(re.fullmatch(r"#[0-9a-f]{6}", code) for code in shades.values())
        channels = [[int(code[at : at + 2], 16) for at in (1, 3, 5)] for code in shades.values()]
        # Rec. 709 luma is enough to catch a swapped or mistyped step.
        lumas = [0.21 * red + 0.72 * green + 0.07 * blue for red, green, blue in channels]
        assert lumas == sorted(lumas, reverse=True), hue


@pytest.mark.parametrize(
    "scale", [css.FONT_WEIGHTS, css.FONT_SIZES, css.TRACKINGS, css.LEADINGS, css.RADII, css.SPACING]
)
def test_scales_ascend(scale: dict[str, float]) -> None:
    values = list(scale.values())
    assert values == sorted(values)


def test_narrow_families_outweigh_wide_ones_whatever_the_order() -> None:
    def weight(name: str) -> int:
        return (css.css_rule(name) or "").split("{")[0].count(css.selector(name))

    assert weight("leading-6") > weight("text-lg")
    assert weight("leading-[1.7em]") > weight("text-lg")
    assert weight("pt-2") > weight("py-2") > weight("p-2")
    assert weight("border-b-2") > weight("border")
    assert weight("rounded-t-lg") > weight("rounded-md")


@given(
    prefix=st.sampled_from(["p", "mx", "mt", "gap", "w", "translate-x", "translate-y", "top"]),
    px=st.integers(0, 900),
    negative=st.booleans(),
)
def test_any_px_length_is_written_through(prefix: str, px: int, negative: bool) -> None:
    rule = css.css_rule(f"{'-' if negative else ''}{prefix}-[{px}px]")
    assert rule is not None
    assert f":{'-' if negative else ''}{px}px" in rule


@given(st.text(max_size=20))
def test_a_rule_is_one_block_that_names_its_class_or_none(name: str) -> None:
    rule = css.css_rule(name)
    if rule is not None:
        assert rule.startswith(css.selector(name))
        assert rule.count("{") == rule.count("}") == 1
