"""Lists in pages. A cursor is sealed with its organisation's secret, read only when a list has more than a page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from watchbill.platform.cursors import seal, unseal

T = TypeVar("T")
P = TypeVar("P")
M = TypeVar("M", bound=BaseModel)

MOST_BYTES = 2_500_000
"""Of a page as ASCII JSON. A Lambda response has 6 MB, and is text inside JSON, where a quotation mark takes twice."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, and the cursor that goes on behind it; None at the end."""

    items: Sequence[T]
    next_cursor: str | None = None


def first_page(found: Iterable[tuple[M, P]], limit: int) -> tuple[list[M], P | None]:
    """As many values as `limit` and one answer have room for, one at least.

    With them comes the position behind the last, None at the list's end.
    """
    shown: list[M] = []
    room, last = MOST_BYTES, None
    for value, position in found:
        room -= len(value.model_dump_json(ensure_ascii=True))
        if len(shown) == limit or (shown and room < 0):
            return shown, last
        shown.append(value)
        last = position
    return shown, None


class Cursors:
    """Opens and closes the cursors of an organisation."""

    def __init__(self, secret: Callable[[], bytes]) -> None:
        self._read_secret = secret

    @cached_property
    def _secret(self) -> bytes:
        return self._read_secret()

    def open(self, cursor: str | None, query: str) -> dict[str, Any]:
        """The position in a cursor; empty at the list's beginning. Raises BadRequest for one that is not of `query`."""
        return unseal(cursor, query, self._secret) if cursor else {}

    def close(self, position: Mapping[str, Any] | None, query: str) -> str | None:
        """A cursor for a position, None at the list's end."""
        return seal(position, query, self._secret) if position else None
