"""Layouts of pages about one thing: an article, an application, an offer, a form, a feed."""

from pairgen.composer import cards, forms, panels
from pairgen.composer.art import bar_chart, icon, picture, portrait
from pairgen.composer.draft import Draft
from pairgen.composer.frame import SHELL, alert, breadcrumb, page
from pairgen.composer.heroes import title_row
from pairgen.composer.markup import el, text


def article(draft: Draft) -> str:
    """Return a text to read, with a byline and something beside it."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    byline = el(
        "div",
        f"flex items-center gap-4 h-16 {dice.choose(('justify-start', 'justify-between'))}",
        _writer(draft),
        draft.badge(voice.badge()),
    )
    headline, style = voice.headline(), dice.choose(("display", "title"))
    # Room for the lines that the headline takes, and a little more.
    if style == "display":
        room = "min-h-[236px]" if voice.num_columns(headline) > 32 else "min-h-44"
    else:
        room = "min-h-44" if voice.num_columns(headline) > 50 else "min-h-36"
    head = el(
        "header",
        room,
        draft.write("span", "kicker", voice.kicker()),
        draft.write("h1", style, headline, "mt-3"),
        draft.write("p", "lead", voice.short_sentence(), "mt-3"),
    )
    quote = el(
        "blockquote",
        f"my-6 pl-6 py-2 border-l-4 {theme.accent_line} min-h-24",
        draft.write("p", "card_title", voice.quote()),
        draft.write("cite", "note", voice.person(), "mt-2 block"),
    )
    image = picture(draft, voice.place(), f"h-56 my-5 {theme.card_corner}") if dice.chance(0.5) else ""
    styles = (dice.choose(("lead", "body")), "body", "body")
    paragraphs = [draft.write("p", style, voice.paragraph(4), "mt-4 min-h-[168px]") for style in styles]
    paragraphs.insert(dice.between(1, 2), quote)
    paragraphs.insert(dice.below(2), el("div", "mt-6 min-h-14", draft.write("h2", "section", voice.headline())))
    body = el("article", "flex-1 max-w-3xl", head, byline, image, *paragraphs)
    side = dice.choose((panels.side_links, forms.filters, _offer))(draft) if dice.chance(0.75) else ""
    centre = "justify-between" if side else "justify-center"
    return page(
        draft,
        breadcrumb(draft) if dice.chance(0.4) else "",
        el(
            "div",
            f"{SHELL} flex gap-12 py-8 items-start {centre}",
            body,
            el("div", "w-72 shrink-0", side) if side else "",
        ),
    )


def _writer(draft: Draft) -> str:
    """Return who wrote a text: the portrait stays beside its name however the row is spread."""
    voice = draft.voice
    writer = voice.person()
    about = draft.write("div", "note", voice.listed(voice.role(), voice.date()))
    words = el("div", "", draft.write("div", "label", writer), about)
    return el("div", "flex items-center gap-3", portrait(draft, writer), words)


def _offer(draft: Draft) -> str:
    return cards.gradient_card(draft) + el("div", "mt-6", forms.summary(draft))


def dashboard(draft: Draft) -> str:
    """Return an application: side bar, figures, chart, table."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    links = []
    for at, label in enumerate(voice.nav(7)):
        look = f"{theme.tint} {theme.accent_text} font-semibold" if at == 0 else f"{theme.soft} font-medium"
        links.append(
            el(
                "a",
                f"flex items-center gap-3 px-3 h-10 text-sm {look} {theme.button_corner}",
                icon(draft, "w-5 h-5"),
                el("span", "", text(label)),
                href="#",
            )
        )
    user = voice.person()
    account = el(
        "div",
        f"flex items-center gap-3 h-20 border-t {theme.line}",
        portrait(draft, user),
        el("div", "", draft.write("div", "label", user), draft.write("div", "note", voice.role())),
    )
    brand = el("div", f"h-16 flex items-center text-lg font-bold {theme.head_font} {theme.ink}", text(voice.brand))
    side = el(
        "aside",
        f"w-60 shrink-0 px-4 border-r {theme.line} {theme.surface} flex flex-col h-[800px]",
        brand,
        el("nav", "flex-1 flex flex-col gap-1", *links),
        account,
    )
    head = el(
        "header",
        f"flex items-center gap-4 h-20 {dice.choose(('justify-between', 'justify-start'))}",
        draft.write("h1", "section", voice.headline()),
        el(
            "div",
            "flex gap-3",
            draft.button("solid", voice.action(), "px-4 py-2"),
            draft.button("outline", voice.action(), "px-4 py-2"),
        ),
    )
    num = dice.choose((3, 3, 4))
    figures = cards.grid(num, [cards.metric_card(draft) for _ in range(num)])
    chart = el(
        "div",
        f"p-6 flex-1 min-h-72 {theme.card}",
        draft.write("h2", "card_title", voice.headline()),
        draft.write("p", "note", voice.short_sentence(), "mb-4"),
        bar_chart(draft, [voice.say_once(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Hol")) for _ in range(7)]),
    )
    tip = el("div", "w-72 shrink-0", cards.gradient_card(draft))
    middle = el("div", "flex gap-6 mt-6", *dice.sample((chart, tip), 2))
    main = el("main", "flex-1 px-8 pb-10", head, figures, middle, el("div", "mt-6", panels.table(draft, 4, 4)))
    return el("div", "flex", side, main)


def detail(draft: Draft) -> str:
    """Return one thing in full: pictures, price, options, facts."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    name = voice.thing()
    small = el(
        "div",
        "grid grid-cols-4 gap-3 mt-3",
        *(picture(draft, voice.view(name, at), f"h-20 {theme.card_corner}") for at in range(1, 5)),
    )
    media = el("div", "w-1/2", picture(draft, name, f"h-80 {theme.card_corner}"), small)
    options = el(
        "div", f"flex gap-3 h-12 items-center {draft.justify()}", *(draft.badge(voice.option()) for _ in range(4))
    )
    buttons = el(
        "div",
        f"flex gap-4 h-14 items-center {draft.justify()}",
        draft.button(dice.choose(("solid", "gradient")), voice.action(), "px-6 py-3"),
        draft.button("outline", voice.action(), "px-6 py-3"),
    )
    words = el(
        "div",
        "flex-1 flex flex-col gap-4",
        el(
            "div",
            "flex items-center justify-between h-10",
            draft.write("span", "kicker", voice.kicker()),
            draft.badge(voice.badge()),
        ),
        draft.write("h1", "title", name),
        draft.write("div", "figure", voice.price(), "h-12"),
        draft.write("p", "body", voice.paragraph(dice.choose((3, 4))), "min-h-40"),
        options,
        buttons,
        el(
            "p",
            f"p-4 min-h-20 text-sm font-normal {theme.soft} {theme.tint} {theme.card_corner}",
            text(voice.sentence()),
        ),
    )
    parts = (media, words) if dice.chance(0.7) else (words, media)
    top = el("section", f"{SHELL} flex gap-12 py-6", *parts)
    below = cards.section(
        draft,
        panels.tabs(draft),
        el("div", "pt-4", panels.table(draft, 4) if dice.chance(0.5) else cards.product_grid(draft, 4, 4)),
    )
    return page(draft, breadcrumb(draft, name), top, below)


def form(draft: Draft) -> str:
    """Return a form with a summary beside it."""
    voice, dice = draft.voice, draft.dice
    progress = forms.steps(draft, [voice.step() for _ in range(4)]) if dice.chance(0.6) else ""
    sheet = el("div", "flex-1", forms.form(draft, dice.choose((5, 6))))
    cheer = cards.quote_card(draft) + el("div", "mt-6", cards.gradient_card(draft))
    side = el("div", "w-80 shrink-0", forms.summary(draft) if dice.chance(0.5) else cheer)
    top = title_row(draft) if dice.chance(0.5) else (alert(draft) if dice.chance(0.5) else breadcrumb(draft))
    return page(
        draft,
        top,
        cards.section(
            draft, progress, el("div", "flex gap-8 items-start", *dice.sample((sheet, side), 2)), space="py-6"
        ),
    )


def feed(draft: Draft) -> str:
    """Return posts in the middle, links to the left, people to the right."""
    voice, theme, dice = draft.voice, draft.theme, draft.dice
    left = el(
        "nav",
        f"w-52 shrink-0 p-4 min-h-80 {theme.card}",
        *(
            el(
                "a",
                f"flex items-center gap-3 h-11 text-sm font-medium {theme.ink}",
                el("span", theme.accent_text, icon(draft, "w-5 h-5")),
                el("span", "", text(voice.option())),
                href="#",
            )
            for _ in range(6)
        ),
    )
    people = []
    for _ in range(4):
        name = voice.person()
        people.append(
            el(
                "li",
                "flex items-center gap-3 h-16",
                portrait(draft, name),
                el("div", "flex-1", draft.write("div", "label", name), draft.write("div", "note", voice.place())),
            )
        )
    right = el(
        "aside",
        "w-72 shrink-0",
        el(
            "div",
            f"p-5 min-h-80 {theme.card}",
            draft.write(
                "h2", "card_title", voice.say_once(("Who to meet", "People nearby", "New faces", "Around {place}"))
            ),
            el("ul", "mt-2", *people),
        ),
        el("div", "mt-6", cards.gradient_card(draft)),
    )
    middle = el(
        "div",
        "flex-1 flex flex-col gap-6",
        panels.tabs(draft, 4) if dice.chance(0.4) else "",
        *(panels.post(draft) for _ in range(3)),
    )
    return page(draft, el("div", f"{SHELL} flex gap-8 py-7 items-start", left, middle, right))
