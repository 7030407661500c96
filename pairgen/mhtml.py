"""MHTML archives (RFC 2557): a page and its parts in one file, as browsers save them."""

import email
import re
from email.message import Message
from email.policy import compat32
from urllib.parse import urljoin

from pairgen.assets import ORIGIN, ArchiveAssets, Asset, origin_of
from pairgen.faults import PageFault
from pairgen.records import Page

_CID = re.compile(r"""cid:([^\s"'()<>]+)""")


def read_archive(data: bytes, page_id: str) -> Page:
    """Return the page that an archive holds, with the archive's parts as its assets; PageFault where it holds none."""
    message = email.message_from_bytes(data, policy=compat32)
    parts = [part for part in message.walk() if not part.is_multipart()]
    root = next((part for part in parts if part.get_content_type() in ("text/html", "application/xhtml+xml")), None)
    if root is None:
        raise PageFault("not_html", "an MHTML file without an HTML part")
    place = _location(root) or _location(message)
    address = place if origin_of(place) else ORIGIN + "archive.html"
    assets: dict[str, Asset] = {}
    for part in parts:
        for name in _names(part, address):
            assets.setdefault(name, Asset(_body(part, address), part.get_content_type()))
    return Page(
        page_id=page_id,
        domain="other",
        html=_resolve(_text(root), address),
        address=address.partition("#")[0],
        assets=ArchiveAssets(assets),
    )


def _names(part: Message, address: str) -> list[str]:
    names = [_cid_address(str(part["Content-ID"]).strip("<> "), address)] if part["Content-ID"] else []
    return names + ([_joined(address, _location(part))] if _location(part) else [])


def _joined(address: str, location: str) -> str:
    try:
        return urljoin(address, location).partition("#")[0]
    except ValueError:  # brackets that hold no address
        return ""


def _location(part: Message) -> str:
    return str(part["Content-Location"] or part["Snapshot-Content-Location"] or "").strip()


def _body(part: Message, address: str) -> bytes:
    return _resolve(_text(part), address).encode() if part.get_content_type() == "text/css" else _payload(part)


def _payload(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _text(part: Message) -> str:
    charset = part.get_content_charset() or "utf-8"
    try:
        return _payload(part).decode(charset, "replace")
    except LookupError as error:
        raise PageFault("not_utf8", f"unknown charset {charset!r}") from error


def _resolve(text: str, address: str) -> str:
    """Turn cid: addresses, which no browser asks for, into addresses of the page's own origin."""
    return _CID.sub(lambda found: _cid_address(found[1], address), text)


def _cid_address(content_id: str, address: str) -> str:
    return urljoin(address, f"/.cid/{content_id}")
