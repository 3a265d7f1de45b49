"""Overrides in the table: one item for the organisation, one for each agent that has some."""

import json
from dataclasses import dataclass, field
from typing import Any

from watchbill.platform import keys
from watchbill.platform.table import REVISION, Item, Table

EVERYONE = "*"
"""The subject of what holds for the whole organisation."""

_OVERRIDES = "overrides"
_SHORTEST = "shortest_retention"


@dataclass(frozen=True, slots=True)
class Stored:
    """What is set for a subject, and the shortest retention that ever was (days)."""

    overrides: dict[str, Any] = field(default_factory=dict)
    shortest_retention: int | None = None
    revision: int = 0


class ConfigurationStore:
    """One organisation's overrides."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self) -> dict[str, Stored]:
        """What is set for every subject that has something set."""
        found = self._table.query(keys.CONFIGURATION.partition(self._table.organisation))
        return {keys.unescape(stored.key.sk): _to_stored(stored.item) for stored in found}

    def one(self, subject: str) -> Stored:
        """What is set for a subject."""
        return _to_stored(self._table.get(self._key(subject)) or {})

    def replace(self, subject: str, stored: Stored) -> None:
        """Set what holds for a subject, over what was read. Raises Changed."""
        item = {_OVERRIDES: json.dumps(stored.overrides), _SHORTEST: stored.shortest_retention}
        self._table.replace(self._key(subject), item, stored.revision)

    def _key(self, subject: str) -> keys.Key:
        return keys.CONFIGURATION(self._table.organisation, subject)


def _to_stored(item: Item) -> Stored:
    return Stored(json.loads(item.get(_OVERRIDES, "{}")), item.get(_SHORTEST), item.get(REVISION, 0))
