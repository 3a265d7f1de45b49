"""How values become HTML: everything is escaped, and figures are written as reports write them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup
from pydantic import BaseModel

from watchbill.dashboard.bars import Bar
from watchbill.dashboard.contents import messages_of, written
from watchbill.platform import clock
from watchbill.platform.templates import templates_of
from watchbill.reports import words


@cache
def environment() -> Environment:
    """The templates, with the filters that they write figures with."""
    made = templates_of("watchbill.dashboard")
    made.filters |= {
        "count": _known(words.large),
        "money": _known(words.money),
        "duration": _known(words.duration),
        "percent": _known(words.rate),
        "score": _known(words.score),
        "rating": _known(words.rating),
        "instant": instant,
        "age": age,
        "said": said,
        "data": data,
        "pretty": lambda value: written(value, _plain),
        "segment": segment,
        "messages": messages_of,
    }
    made.globals |= {"plural": words.plural, "bar_of": Bar.of}
    return made


def instant(at: datetime | None) -> str:
    """An instant, in UTC for who has no scripts; `page.js` writes it as the viewer's clock shows it."""
    if at is None:
        return words.UNKNOWN
    utc = at.astimezone(UTC)
    return Markup('<time datetime="{}">{} UTC</time>').format(utc.isoformat(timespec="milliseconds"), words.moment(utc))


def age(at: datetime | None) -> str:
    """How long ago something was, in words; to the minute, and from the third day on to the day."""
    if at is None:
        return words.UNKNOWN
    past = clock.now() - at
    minutes = past // timedelta(minutes=1)
    if minutes < 1:
        return "moments"
    return words.plural(past.days, "day") if past.days > 1 else words.duration(minutes * 60_000)


def said(value: Any) -> str:
    """A value that may be unknown, as text; names such as `in_progress` as words."""
    if value is None or value == "":
        return words.UNKNOWN
    return value.value.replace("_", " ").replace("-", " ") if isinstance(value, Enum) else str(value)


def data(value: Any) -> str:
    """A value as JSON for a `data-` attribute, which escapes it."""
    return json.dumps(value, default=_plain, separators=(",", ":"))


def segment(name: str) -> str:
    """A name as one part of an address, whatever it holds."""
    return quote(name, safe="")


def _known(write: Callable[[float], str]) -> Callable[[float | Decimal | None], str]:
    return lambda value: words.UNKNOWN if value is None else write(float(value))


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} is nothing for JSON")
