"""The documentation of all events: a page with their tables and examples, and the files of their schemas. Pure."""

import json
from collections.abc import Iterable
from typing import Any

from watchbill.catalogue import bus, live
from watchbill.catalogue.schemas import ALL, message_of, schema_of
from watchbill.catalogue.values import Told

PAGE, FOLDER = "events.md", "events"
_HEAD = """# Events

What happens is told on the event bus, and live through [sockets](live.md). Each event has a JSON Schema (draft
2020-12) of the whole message. A reader ignores what it does not know: a later version may say more. This page and the
schemas are written by `make events`.

## On the bus

The detail of every event also says its `id`, the same whenever the same event comes again, the `organisation`, and the
`correlation_id` of the request that led to it. Runs and tasks are told together, and have an `event_id` each.

The bus keeps no order. An event of people's work says in `follows` what comes before it: what that is `known_as`, which
is its `id` where it does not say, and when it happened.

"""
_LIVE = """
## Live

Events of rooms and sessions are numbered: `seq` grows by one in each. Data of more than 120,000 bytes is left out, and
says so as `omitted`.

"""


def documents() -> dict[str, str]:
    """What is to be in each file of the folder of documentation, by its path there."""
    schemas = {f"{FOLDER}/{_file(told)}": json.dumps(schema_of(told), indent=2) + "\n" for told in ALL}
    return {PAGE: _page(), **schemas}


def _page() -> str:
    examples = "".join(map(_example, ALL))
    return f"{_HEAD}{_table(bus.EVENTS)}{_LIVE}{_table(live.EVENTS)}\n## Examples\n{examples}"


def _table(events: Iterable[Told]) -> str:
    return "\n".join(["| event | told in | when | |", "|---|---|---|---|", *map(_row, events)]) + "\n"


def _row(told: Told) -> str:
    links = f"[schema]({FOLDER}/{_file(told)}) · [example](#{_anchor(told)})"
    return f"| `{told.event}` | {told.where} | {told.when} | {links} |"


def _example(told: Told) -> str:
    parts = (f"  {_json(name)}: {_json(value)}" for name, value in message_of(told).items())
    message = ",\n".join(parts)
    return f"\n### {told.event} ({told.where})\n\n```json\n{{\n{message}\n}}\n```\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _anchor(told: Told) -> str:
    """What the page's heading is linked by, as GitHub makes it."""
    return f"{told.event}-{told.where}"


def _file(told: Told) -> str:
    return f"{told.where}/{told.event}.schema.json"
