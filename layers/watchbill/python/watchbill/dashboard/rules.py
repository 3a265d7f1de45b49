"""What follows from a session's token, and which requests a page of ours has caused. Pure."""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from watchbill.platform import ids

LIFETIME = timedelta(hours=12)
"""How long who signed in stays so."""
HOME = "/dashboard"
SIGN_IN = f"{HOME}/sign-in"
_OURS = (None, "none", "same-origin")
"""What Sec-Fetch-Site says of requests that no other site's page has caused; browsers before 2023 say nothing."""


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
