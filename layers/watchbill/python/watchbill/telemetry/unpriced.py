"""In the table: which runs wait for the price of a model, by model and time, and how far pricing them anew has come."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from watchbill.platform import keys
from watchbill.platform.items import EXPIRES_AT, REVISION
from watchbill.platform.table import Table
from watchbill.telemetry.models import Repricing

_PAGE = 100


class Line(NamedTuple):
    """A run in the order of time: when it began, and its id."""

    created: str
    run_id: str


@dataclass(frozen=True, slots=True)
class StoredRepricing:
    """A repricing, where it goes on, and which of its steps is next."""

    shown: Repricing
    step: int = 0
    model: str | None = None
    line: Line | None = None
    revision: int = 0


class UnpricedStore:
    """One organisation's runs without a price."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def note(self, model: str, line: Line, expires_at: int) -> None:
        """Have a run wait for the price of a model."""
        self._table.put(self._run(model, line), {EXPIRES_AT: expires_at})
        # Behind the run: whoever removes the model because it has no runs looks once more.
        self._table.put(self._model(model), {EXPIRES_AT: expires_at})

    def forget(self, model: str, line: Line) -> None:
        """Have a run wait no more."""
        self._table.delete(self._run(model, line))

    def forget_idle(self, model: str) -> None:
        """Forget a model for which no run waits."""
        if self._waits(model):
            return
        item = self._table.get(self._model(model))
        self._table.delete(self._model(model))
        if item and self._waits(model):
            self._table.put(self._model(model), item)

    def models(self, behind: str | None = None) -> Iterator[str]:
        """The models for which runs wait, by name."""
        partition = keys.UNPRICED_MODEL.partition(self._organisation)
        after = keys.UNPRICED_MODEL(self._organisation, behind).sk if behind is not None else None
        for stored in self._table.query(partition, after=after, page_size=_PAGE):
            yield (keys.UNPRICED_MODEL.parse(stored.key) or {})["model"]

    def lines(self, model: str, behind: Line | None = None, *, newest_first: bool = False) -> Iterator[Line]:
        """The runs that wait for a model's price, oldest first unless told otherwise."""
        partition = keys.UNPRICED_RUN.partition(self._organisation, model)
        after = self._run(model, behind).sk if behind else None
        for stored in self._table.query(partition, after=after, descending=newest_first, page_size=_PAGE):
            values = keys.UNPRICED_RUN.parse(stored.key) or {}
            yield Line(values["created"], values["run"])

    def repricing(self) -> StoredRepricing | None:
        """The newest repricing."""
        item = self._table.get(keys.REPRICING(self._organisation))
        if item is None:
            return None
        line = Line(*item["line"]) if "line" in item else None
        shown = Repricing.model_validate(item["shown"])
        return StoredRepricing(shown, item["step"], item.get("model"), line, item[REVISION])

    def save(self, stored: StoredRepricing) -> None:
        """Move a repricing on from the one that was read. Raises Changed."""
        item = {
            "shown": stored.shown.model_dump(mode="json"),
            "step": stored.step,
            "model": stored.model,
            "line": list(stored.line) if stored.line else None,
        }
        self._table.replace(keys.REPRICING(self._organisation), item, stored.revision)

    def _waits(self, model: str) -> bool:
        return next(self.lines(model), None) is not None

    def _model(self, model: str) -> keys.Key:
        return keys.UNPRICED_MODEL(self._organisation, model)

    def _run(self, model: str, line: Line) -> keys.Key:
        return keys.UNPRICED_RUN(self._organisation, model, *line)
