"""The page that an account's owner sees when a platform sends them back: what happened, and nothing that runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from markupsafe import Markup

from watchbill.accounts.models import ConnectedAccount, Platform
from watchbill.accounts.platforms import ENDPOINTS
from watchbill.platform.errors import WatchbillError

HEADERS: Mapping[str, str] = {
    # Neither scripts nor styles, no form, no frame around it; its address, which holds a code, is told to nobody.
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = Markup(
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width"></head>'
    "<body><h1>{title}</h1><p>{text}</p><p>You may close this window.</p></body></html>\n"
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page, with the status and the headers that it is answered with."""

    status: int
    html: str
    headers: Mapping[str, str] = field(default_factory=lambda: dict(HEADERS))


def page_of(platform: Platform, happens: Callable[[], Sequence[ConnectedAccount]]) -> Page:
    """What is shown of what happens now."""
    title = ENDPOINTS[platform].title
    try:
        accounts = happens()
    except WatchbillError as error:
        return _page(error.status, f"{title} is not connected", error.detail)
    names = ", ".join(account.username for account in accounts)
    return _page(HTTPStatus.OK, f"{title} is connected", f"From now on can be published as: {names}.")


def _page(status: int, title: str, text: str) -> Page:
    return Page(status, str(_PAGE.format(title=title, text=text)))
