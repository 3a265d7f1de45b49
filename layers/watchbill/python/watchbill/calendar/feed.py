"""The feed: an organisation's calendar at a secret address, for the calendars of others."""

import hashlib
import hmac
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from watchbill.calendar.models import CalendarEvent
from watchbill.calendar.rules import Window
from watchbill.calendar.store import CalendarStore
from watchbill.calendar.views import Feed
from watchbill.platform import clock, ids, tokens
from watchbill.platform.errors import NotFound
from watchbill.platform.tokens import Kind

BACK, AHEAD = timedelta(days=366), timedelta(days=2 * 366)
"""So far a feed reaches."""
MOST_SINGLE = 2_000
"""So many single events a feed has at most: those ahead go before those that are over."""
_LOOKED_BACK_AT = 10_000
_PATH = "/api/calendar/feed.ics"


@dataclass(frozen=True, slots=True)
class Fed:
    """What is answered to another calendar: the events, or that they are as it knows them."""

    status: int
    text: str
    headers: dict[str, str | list[str]]


def organisation_of(token: str) -> str:
    """The organisation whose feed a token is for, as it says. Raises NotFound for what has not the form of one."""
    organisation = tokens.organisation_of(Kind.CALENDAR_FEED, token)
    if organisation is None:
        raise _nothing()
    return organisation


class FeedService:
    """One organisation's feed. `write` makes events what other calendars read."""

    def __init__(
        self, organisation: str, store: CalendarStore, write: Callable[[Iterable[CalendarEvent]], str]
    ) -> None:
        self._organisation = organisation
        self._store = store
        self._write = write

    def open(self) -> Feed:
        """A new address, shown this once; the one before it is no more."""
        token = tokens.new_token(Kind.CALENDAR_FEED, self._organisation)
        self._store.set_feed(ids.secret_hash(token))
        return Feed(token=token, path=f"{_PATH}?token={token}")

    def close(self) -> None:
        """No address at all."""
        self._store.remove_feed()

    def read(self, token: str, known: str | None = None) -> Fed:
        """The calendar for whoever knows its address, unless it is as they have it by its tag. Raises NotFound."""
        hashed = self._store.feed()
        if hashed is None or not hmac.compare_digest(hashed, ids.secret_hash(token)):
            raise _nothing()
        text = self._write(self._events(clock.now()))
        tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
        headers: dict[str, str | list[str]] = {"ETag": tag, "Cache-Control": "private, max-age=300"}
        if tag in [one.strip().removeprefix("W/") for one in (known or "").split(",")]:
            return Fed(304, "", headers)
        return Fed(200, text, headers)

    def _events(self, now: datetime) -> list[CalendarEvent]:
        window = Window(now - BACK, now + AHEAD)
        ahead = [one.id for one in islice(self._store.outlines(Window(now, window.until), None), MOST_SINGLE)]
        over = (one.id for one in self._store.outlines(Window(window.since, now), None))
        wanted = dict.fromkeys([*ahead, *reversed(deque(islice(over, _LOOKED_BACK_AT), MOST_SINGLE))])
        return [*self._store.series(window), *self._store.events(islice(wanted, MOST_SINGLE))]


def _nothing() -> NotFound:
    return NotFound("there is no calendar at this address")
