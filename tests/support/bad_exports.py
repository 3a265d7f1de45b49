"""Malformed requests to the routes of exports."""

from typing import Any

from tests.support.bad_requests import NO_CURSOR, Bad
from tests.support.steps import AGENT, AN_EXPORT, EXPORTS


def export(what: str, names: str, status: int = 400, **fields: Any) -> Bad:
    """A wish for an export with something wrong in these fields."""
    return Bad(what, "POST", EXPORTS, names, AN_EXPORT | fields, status=status)


BAD_EXPORTS = (
    export("an export without a beginning", "from", **{"from": None}),
    export("an export without a format", "format", format=None),
    export("an export as something else", "format", format="xlsx"),
    export("an export that ends where it begins", "ends before it begins", to=AN_EXPORT["from"]),
    export("an export that ends before it begins", "ends before it begins", to="2023-06-01T00:00:00Z"),
    export("an export of the future", "has not begun yet", **{"from": "2100-01-01T00:00:00Z", "to": None}),
    export("an export of more than a year", "at most 366 days", to="2024-07-02T00:00:00Z"),
    export("an export of all time", "give an end", **{"from": "2001-01-01T00:00:00Z", "to": None}),
    export("an export from a time without a zone", "from", **{"from": "2023-07-01T00:00:00"}),
    export("an export to a day", "to", to="2023-09-01"),
    export("an export of an agent that is not there", "no agent 'nobody'", agent="nobody", status=404),
    export("an export of a version of no agent", "name the agent too", version="1.0.2"),
    export("an export of a version that is not there", "no version '9'", agent=AGENT, version="9", status=404),
    export("an export of something runs have not", "colour: extra", colour="red"),
    Bad("an export that is not there", "GET", f"{EXPORTS}/none", "no export 'none'", status=404),
    Bad("a page of exports of another list", "GET", f"{EXPORTS}?cursor=none", NO_CURSOR),
    Bad("a page of too many exports", "GET", f"{EXPORTS}?limit=501", "limit"),
)
