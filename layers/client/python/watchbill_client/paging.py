"""Lists that come in pages: the next cursor is in the `Link` header of plain arrays and inside our own envelopes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx
from pydantic import BaseModel, RootModel

from watchbill_client.connection import Connection, Request

M = TypeVar("M", bound=BaseModel)
LARGEST_PAGE = 500


class _Array(RootModel[list[M]], Generic[M]):
    """A list of the original documents: a plain array."""


class _Envelope(BaseModel, Generic[M]):
    """A list of ours."""

    items: list[M]
    next_cursor: str | None = None


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page of a list. Iterating goes on through all the pages after it, each fetched when it is reached.

    `items` are this page's alone; `next_cursor` is None on the last page.
    """

    items: tuple[M, ...]
    next_cursor: str | None
    _connection: Connection
    _request: Request
    _model: type[M]

    def __iter__(self) -> Iterator[M]:
        for page in self.pages():
            yield from page.items

    def pages(self) -> Iterator["Page[M]"]:
        """This page and all after it."""
        page: Page[M] | None = self
        while page is not None:
            yield page
            page = page.next_page()

    def next_page(self) -> "Page[M] | None":
        """The page after this one, or None if this is the last."""
        if self.next_cursor is None:
            return None
        return fetch_page(self._connection, self._request, self._model, self.next_cursor)


def fetch_page(connection: Connection, request: Request, model: type[M], cursor: str | None = None) -> Page[M]:
    """The page of the list `request` asks for that begins at `cursor`, or the first one."""
    asked = replace(request, params={**request.params, "cursor": cursor}) if cursor else request
    response = connection.send(asked)
    items, next_cursor = _items(connection, response, model)
    return Page(tuple(items), next_cursor, connection, request, model)


def _items(connection: Connection, response: httpx.Response, model: type[M]) -> tuple[list[M], str | None]:
    if response.content.lstrip().startswith(b"["):
        return connection.read(response, _Array[model]).root, cursor_of_link(response)  # type: ignore[valid-type]
    envelope = connection.read(response, _Envelope[model])  # type: ignore[valid-type]
    return envelope.items, envelope.next_cursor


def cursor_of_link(response: httpx.Response) -> str | None:
    """The cursor in a response's `Link: <…?cursor=…>; rel="next"`, or None.

    Only the cursor is taken, never the link's address: behind a proxy the service's idea of its own address may be
    wrong, and the API key must not follow a link to another host.
    """
    link = response.links.get("next", {}).get("url", "")
    return next(iter(parse_qs(urlsplit(link).query).get("cursor", [])), None)
