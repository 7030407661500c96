from dataclasses import replace

import pytest
from snapshots import Node, changed, every, page, radius

from pairgen.names import Quote, directory_of, shortened
from pairgen.naming import find_name
from pairgen.nouns import label_of
from pairgen.records import Candidate, Change, Snapshot
from pairgen.roles import Looks, role_of
from pairgen.tree import Tree
from schemas.records import Box

LILAC = {"background-color": "rgb(221, 214, 254)"}


def noun(snapshot: Snapshot, ref: int) -> str:
    return directory_of(snapshot).noun(snapshot.elements[ref])


def disc(text: str, side: int = 40, corner: int = 20) -> Node:
    return Node("tile", (20, 20, side, side), text, styles={**LILAC, **radius(corner)})


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (disc("EL"), "avatar"),
        (Node("card", (20, 20, 300, 200), "A long read", tag="article"), "article"),
        (Node("card", (20, 20, 300, 200), "A long read", tag="article", styles=LILAC), "card"),
        (disc("EL", corner=14), "avatar"),
        (Node("card", (20, 20, 40, 40), "A", styles={**LILAC, **radius(20)}), "avatar"),
        (disc("3"), "step number"),
        (disc("EL", corner=4), "tile"),
        (disc("Elle"), "tile"),
        (disc("EL", side=200, corner=100), "tile"),
        (Node("tile", (20, 20, 80, 80), styles=LILAC), "colored block"),
        (Node("detail", (20, 20, 80, 20), "$8,715", tag="dd"), "price"),
    ],
)
def test_small_things_have_everyday_nouns(node: Node, expected: str) -> None:
    assert noun(page(node), 1) == expected


def faded(ref: int) -> Candidate:
    return Candidate(
        operator="opacity", tier="medium", mechanism="style_override", property="opacity", direction="decrease",
        change=Change(ref=ref, styles={"opacity": "0.5"}), old_value="1", new_value="0.5", magnitude=0.5,
    )  # fmt: skip


def name_of(snapshot: Snapshot, ref: int) -> str | None:
    found = find_name(faded(ref), directory_of(snapshot), directory_of(snapshot))
    return found.said() if found else None


def test_an_avatar_that_loses_its_roundness_keeps_its_name() -> None:
    snapshot = page(disc("EL"), Node("text", (80, 20, 90, 20), "Elle Lund"))
    after = changed(snapshot, 1, styles=radius(4))
    name = find_name(faded(1), directory_of(snapshot), directory_of(after))
    assert name is not None
    assert name.said() == '"EL" avatar'


def test_patches_of_colour_have_no_name() -> None:
    card = Node("card", (10, 10, 300, 300), styles={**LILAC, **radius(8)}, children=[
        Node("tile", (20, 20, 80, 80), styles=LILAC), Node("heading", (20, 120, 200, 24), "Harbour walks", tag="h3"),
    ])  # fmt: skip
    assert name_of(page(card), 2) is None


def test_pictures_are_counted_along_their_row() -> None:
    pictures = [Node("image", (20 + 120 * i, 60, 100, 100), tag="svg") for i in range(4)]
    title = Node("heading", (20, 20, 300, 30), "From the road", tag="h2")
    snapshot = page(Node("section", (0, 0, 1280, 300), children=[title, *pictures], tag="section"))
    assert name_of(snapshot, 6) == 'fourth image in the "From the road" section'


def column(role: str, x: int, words: tuple[str, ...], tag: str) -> Node:
    links = [Node("link", (x + 10, 110 + 40 * i, 100, 30), word, tag="a") for i, word in enumerate(words)]
    return Node(role, (x, 100, 220, 300), children=links, tag=tag, styles=LILAC)


def test_columns_at_the_side_are_told_apart() -> None:
    menu = column("navigation", 0, ("Live", "Replays", "Teams"), "nav")
    aside = column("sidebar", 1000, ("Ada", "Ben"), "aside")
    top = Node("navigation", (0, 0, 900, 40), tag="nav", children=[
        Node("link", (10 + 90 * i, 10, 80, 20), word, tag="a") for i, word in enumerate(("News", "Shop"))
    ])  # fmt: skip
    both = page(top, menu, aside)
    assert [noun(both, ref) for ref in (1, 4, 8)] == ["navigation bar", "side menu", "right sidebar"]
    assert name_of(both, 4) == "side menu"
    assert noun(page(aside), 1) == "sidebar"


def test_links_on_a_card_in_a_sidebar_are_a_card() -> None:
    heading = Node("heading", (1010, 104, 100, 24), "Related", tag="h3")
    menu = replace(column("navigation", 1000, ("Live", "Replays"), "nav"), styles={**LILAC, **radius(8)})
    menu = replace(menu, children=[heading, *menu.children])
    snapshot = page(Node("sidebar", (990, 90, 240, 600), children=[menu], tag="aside"))
    assert name_of(snapshot, 2) == 'card with the heading "Related"'


def test_a_tall_column_of_navigation_is_a_side_menu_whatever_stands_in_its_rows() -> None:
    rows = [Node("link", (10 + 90 * (i % 2), 110 + 40 * (i // 2), 80, 30), f"Word {i}", tag="a") for i in range(6)]
    assert noun(page(Node("navigation", (0, 100, 220, 600), children=rows, tag="nav", styles=LILAC)), 1) == "side menu"
    assert noun(page(Node("navigation", (0, 100, 220, 300), children=rows, tag="nav", styles=LILAC)), 1) != "side menu"


@pytest.mark.parametrize("words", [("Home", "Extras"), ("Extras", "Home")])
def test_a_list_is_known_by_a_heading_only_where_it_comes_first(words: tuple[str, str]) -> None:
    nodes = [
        Node("heading" if word == "Extras" else "link", (20, 20 + 40 * place, 100, 20), word)
        for place, word in enumerate(words)
    ]
    snapshot = page(Node("list", (10, 10, 300, 90), children=nodes, tag="ul"))
    label = label_of(snapshot.elements[1], Tree(snapshot))
    assert label == (words[0], words[0] == "Extras")


@pytest.mark.parametrize("comes_first", [True, False])
def test_a_section_is_not_known_by_a_heading_in_one_of_its_cards(comes_first: bool) -> None:
    steps = Node("list", (20, 20 if comes_first else 400, 600, 30), tag="ol", children=[
        Node("list item", (20 + 200 * i, 20 if comes_first else 400, 150, 30), word, tag="li")
        for i, word in enumerate(("Confirm", "Payment", "Documents"))
    ])  # fmt: skip
    card = Node(
        "card", (20, 80, 300, 300), children=[Node("heading", (40, 100, 200, 30), "Your summary")], styles=LILAC
    )
    inside = [steps, card] if comes_first else [card, steps]
    snapshot = page(Node("section", (10, 10, 800, 500), children=inside, tag="section"))
    label = label_of(snapshot.elements[1], Tree(snapshot))
    assert label == (("Confirm", False) if comes_first else ("Your summary", True))


@pytest.mark.parametrize(("seen_px", "label"), [(12, "Until Monday"), (6, None)])
def test_a_card_is_not_known_by_words_below_the_screenshot(seen_px: int, label: str | None) -> None:
    words = Node("text", (20, 800 - seen_px, 200, 20), "Until Monday", tag="span")
    snapshot = page(Node("card", (10, 500, 300, 400), children=[words], styles=LILAC))
    snapshot = changed(snapshot, 2, visible_box=Box(20, 800 - seen_px, 200, seen_px))
    found = label_of(snapshot.elements[1], Tree(snapshot))
    assert (found and found.text) == label


def test_a_list_or_box_of_a_sidebars_class_is_a_sidebar() -> None:
    for tag in ("ul", "div"):
        assert role_of(replace(looks(tag, {}), classes=("navbar-nav", "sidebar"))) == "sidebar"
    assert role_of(replace(looks("ul", {}), classes=("sidebar-item",))) == "list"


@pytest.mark.parametrize(
    ("text", "words"),
    [("«Summer tour»", "Summer tour"), ("“A fine day.”", "A fine day."), ("How «Summer tour» began", None),
     ("The story of «Summer tour»", None), ("«One» and «two»", None)],
)  # fmt: skip
def test_quotes_around_all_of_a_text_go_and_others_stay(text: str, words: str | None) -> None:
    assert shortened(text) == (Quote(words=words or text),)


def test_the_first_link_of_the_header_is_the_site_name() -> None:
    brand = Node("link", (20, 10, 120, 24), children=[Node("text", (50, 10, 90, 24), "Tandem", tag="span")], tag="a")
    nav = Node(
        "navigation", (400, 10, 300, 24), tag="nav", children=[Node("link", (400, 10, 80, 24), "Plans", tag="a")]
    )
    header = Node("header", (0, 0, 1280, 64), children=[brand, nav], tag="header", styles=LILAC)
    snapshot = changed(page(header), 2, attributes={"href": "#"})
    assert name_of(snapshot, 3) == 'site name "Tandem" in the top bar'
    assert name_of(changed(snapshot, 1, role="banner"), 1) == "top bar"
    assert name_of(changed(snapshot, 1, role="banner"), 3) == 'site name "Tandem" in the top bar'
    assert name_of(snapshot, 5) == '"Plans" link in the navigation bar'
    abroad = changed(snapshot, 2, attributes={"href": "https://example.com/plans"})
    assert name_of(abroad, 3) == '"Tandem" link in the top bar'


def test_a_card_is_known_by_words_that_no_other_holds() -> None:
    def card(x: int, *words: str) -> Node:
        texts = [Node("text", (x + 10, 20 + 40 * i, 200, 20), word) for i, word in enumerate(words)]
        return Node("card", (x, 10, 300, 200), children=texts, styles={**LILAC, **every("padding", 10), **radius(8)})

    assert name_of(page(card(10, "Basalt", "Deep"), card(400, "Chalk", "Soft")), 1) == 'card with "Basalt"'
    assert name_of(page(card(10, "Basalt", "Deep"), card(400, "Chalk", "Basalt")), 1) is None


def test_a_place_is_the_innermost_of_cards_that_enclose_each_other() -> None:
    def card(x: int, title: str) -> Node:
        link = Node("link", (x + 10, 60, 80, 20), "Last 7 days", tag="a")
        return Node("card", (x, 10, 200, 150), children=[Node("text", (x + 10, 20, 90, 20), title), link])

    deck = Node("card", (0, 0, 900, 200), children=[card(10, "Sales"), card(300, "Clients"), card(600, "Users")])
    assert name_of(page(deck), 7) == '"Last 7 days" link in the "Clients" card'


@pytest.mark.parametrize(
    ("name", "role"),
    [("card", "card"), ("product-card", "card"), ("card--wide", "card"), ("card-body", "box"), ("row-cards", "box"),
     ("hero-section", "banner"), ("breadcrumbs", "breadcrumb"), ("badge-success", "badge")],
)  # fmt: skip
def test_a_class_names_a_thing_and_not_its_parts(name: str, role: str) -> None:
    assert role_of(replace(looks("div", {}), classes=(name,))) == role


def test_an_anchor_that_leads_nowhere_is_no_link() -> None:
    assert role_of(looks("a", {}, name="properties")) == "text"
    assert role_of(looks("a", {}, href="#properties")) == "link"
    assert role_of(replace(looks("a", LILAC), child_tags=())) == "button"


def test_a_table_that_nobody_sees_is_none() -> None:
    def grid(y: int, **styles: str) -> Node:
        cells = [Node("table cell", (20 + 90 * i, y, 80, 20), f"Cell {i}", tag="td", styles=styles)
                 for i in range(2)]  # fmt: skip
        row = Node("table row", (20, y, 180, 20), children=cells, tag="tr")
        return Node("table", (20, y, 180, 20), children=[row], tag="table")

    lines = {"border-bottom-style": "solid", "border-bottom-width": "1px"}
    snapshot = page(grid(20), grid(200, **lines), grid(300, **lines))
    assert [noun(snapshot, ref) for ref in (1, 2, 3, 5, 6, 7)] == [
        "group",
        "group",
        "text",
        "table",
        "table row",
        "cell",
    ]
    assert name_of(snapshot, 5) == "first table"


def looks(tag: str, styles: dict[str, str], **attributes: str) -> Looks:
    snapshot = page(Node("box", (0, 0, 300, 200), styles=styles))
    return Looks(
        tag=tag, attributes=attributes, classes=(), styles=snapshot.elements[1].styles, child_tags=("p",), width=0.3
    )


def test_a_group_of_fields_is_a_card_where_it_is_painted() -> None:
    assert role_of(looks("fieldset", {**LILAC, **radius(8)})) == "card"
    assert role_of(looks("fieldset", {})) == "box"


def test_a_trail_of_links_is_a_breadcrumb() -> None:
    assert role_of(looks("nav", {}, **{"aria-label": "Breadcrumb"})) == "breadcrumb"
    assert role_of(looks("nav", {}, **{"aria-label": "Main"})) == "navigation"


@pytest.mark.parametrize(("corner", "role"), [(8, "card"), (0, "figure")])
def test_a_framed_figure_is_a_card(corner: int, role: str) -> None:
    styles = {**page(Node("box", (0, 0, 10, 10))).elements[1].styles, **LILAC, **radius(corner)}
    looks = Looks(tag="figure", attributes={}, classes=(), styles=styles, child_tags=("blockquote",), width=0.3)
    assert role_of(looks) == role
