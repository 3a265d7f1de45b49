"""The prices that an organisation states itself, in the table: one item, which whoever changes it replaces."""

import json
from collections.abc import Callable

from watchbill.platform import keys
from watchbill.platform.items import REVISION, Item
from watchbill.platform.table import Changed, Table
from watchbill.telemetry.overrides import Override

Overrides = tuple[Override, ...]
_OVERRIDES = "overrides"


class PriceStore:
    """One organisation's prices."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._key = keys.PRICES(table.organisation)

    def overrides(self) -> Overrides:
        """Every price that is stated."""
        return _of(self._table.get(self._key))

    def change(self, decide: Callable[[Overrides], Overrides]) -> Overrides:
        """Replace them as decided on what was read, again when they were changed meanwhile."""
        item = self._table.get(self._key)
        while True:
            after = decide(_of(item))
            written = json.dumps([one.model_dump(mode="json", exclude_none=True) for one in after])
            try:
                self._table.replace(self._key, {_OVERRIDES: written}, (item or {}).get(REVISION, 0))
            except Changed as met:
                item = met.item
            else:
                return after


def _of(item: Item | None) -> Overrides:
    return tuple(map(Override.model_validate, json.loads(item[_OVERRIDES]))) if item else ()
