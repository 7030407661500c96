"""The kinds of page that there are."""

from collections.abc import Callable, Mapping
from typing import Final

from pairgen.composer import layouts_browse as browse
from pairgen.composer import layouts_focus as focus
from pairgen.composer.draft import Draft

LAYOUTS: Final[Mapping[str, Callable[[Draft], str]]] = {
    "landing": browse.landing,
    "catalog": browse.catalog,
    "listing": browse.listing,
    "magazine": browse.magazine,
    "pricing": browse.pricing,
    "directory": browse.directory,
    "portfolio": browse.portfolio,
    "article": focus.article,
    "dashboard": focus.dashboard,
    "detail": focus.detail,
    "form": focus.form,
    "feed": focus.feed,
}
"""Kind of page -> how its body is made; each domain's lexicon names those it uses."""
