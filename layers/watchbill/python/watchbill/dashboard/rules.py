"""What a session's token looks like, what follows from it, and which requests a page of ours has caused. Pure."""

import hmac
import re
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from watchbill.platform import ids

LIFETIME = timedelta(hours=12)
"""How long who signed in stays so."""
HOME = "/dashboard"
SIGN_IN = f"{HOME}/sign-in"
_SECRET_CHARACTERS = 43
_TOKEN = re.compile(rf"([a-z0-9][a-z0-9-]{{0,38}})\.[0-9A-Za-z]{{{_SECRET_CHARACTERS}}}")
_OURS = (None, "none", "same-origin")
"""What Sec-Fetch-Site says of requests that no other site's page has caused; browsers before 2023 say nothing."""


def new_token(organisation: str) -> str:
    """A fresh token; it names the organisation, so that it leads to a partition before it is trusted."""
    return f"{organisation}.{ids.new_secret(_SECRET_CHARACTERS)}"


def organisation_of(token: str) -> str | None:
    """The organisation a token claims, or None when it has not the form of one."""
    match = _TOKEN.fullmatch(token)
    return match[1] if match else None


def csrf_of(token: str) -> str:
    """What forms of a session carry: known to who knows the token, and of no use to learn it."""
    return ids.secret_hash(f"csrf {token}")


def is_csrf_of(token: str, presented: str) -> bool:
    """Whether this is what the session's forms carry."""
    return hmac.compare_digest(csrf_of(token).encode(), presented.encode())


def caused_by_us(headers: Mapping[str, str]) -> bool:
    """Whether no page of another site can have caused a request, by what the browser says of it."""
    origin = headers.get("origin")
    own = origin is None or urlsplit(origin).netloc == headers.get("host")
    return headers.get("sec-fetch-site") in _OURS and own


def within(address: str | None) -> str:
    """An address to go on to, if it is one of the page's own; else its first page."""
    own = address is not None and (address == HOME or address.startswith((f"{HOME}/", f"{HOME}?")))
    # Browsers read a backslash as a slash, and pass over line breaks.
    return address if address and own and address.isprintable() and "\\" not in address else HOME
