"""Models without a price, and pricing the runs that wait for one, when there is one.

Which runs wait follows from the table's stream. A repricing goes through them in steps: each folds some traces anew, at
today's prices for their days, and moves on in one write, from which the message of the next step comes. A step that is
taken twice folds the same traces to the same costs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

from watchbill.platform import clock, ids
from watchbill.platform.errors import NotFound
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import Changed, each
from watchbill.platform.wire import PageQuery
from watchbill.runs import rules as runs
from watchbill.runs.models import Facts
from watchbill.runs.store import RunStore
from watchbill.telemetry.models import Repricing, RepricingState, UnknownModel, UnknownModels
from watchbill.telemetry.unpriced import Line, StoredRepricing, UnpricedStore

MOST_COUNTED = 1_000
"""Runs of a model that are counted for an answer; of more it says that there are more."""
_AT_ONCE = 50
_STALE = timedelta(minutes=5)
"""After so long without a step, asking again has it go on."""
_LIST = "unknown models"


class RepricingService:
    """One organisation's runs without a price."""

    def __init__(
        self,
        store: UnpricedStore,
        run_store: RunStore,
        refold: Callable[[str], None],
        refresh: Callable[[], None],
        cursors: Cursors,
    ) -> None:
        self._store = store
        self._runs = run_store
        self._refold = refold
        self._refresh = refresh
        self._cursors = cursors

    def unknown(self, query: PageQuery) -> UnknownModels:
        """Models that were called and whose price is not known, by name. Raises BadRequest."""
        behind = self._cursors.open(query.cursor, _LIST).get("behind")
        found = ((one, {"behind": one.model}) for model in self._store.models(behind) for one in self._shown(model))
        shown, more = first_page(found, query.limit)
        return UnknownModels(items=tuple(shown), next_cursor=self._cursors.close(more, _LIST))

    def start(self) -> Repricing:
        """Begin to price runs anew; one that is under way goes on."""
        there, now = self._store.repricing(), clock.now()
        if there and there.shown.state is RepricingState.RUNNING:
            if now < there.shown.updated_at + _STALE:
                return there.shown
            begun = replace(there, step=there.step + 1, shown=there.shown.model_copy(update={"updated_at": now}))
        else:
            fresh = Repricing(id=ids.new_id(), started_at=now, updated_at=now)
            begun = StoredRepricing(fresh, revision=there.revision if there else 0)
        try:
            self._store.save(begun)
        except Changed:
            return self.status()
        return begun.shown

    def status(self) -> Repricing:
        """The newest repricing. Raises NotFound when there never was one."""
        there = self._store.repricing()
        if there is None:
            raise NotFound("nothing has been priced anew yet")
        return there.shown

    def work(self, message: Mapping[str, Any]) -> None:
        """Do what the stream has a message of: a run to follow, or a step of a repricing."""
        if "run" in message:
            self.follow(message["run"], message["told"])
        else:
            self.go_on(message["repricing"], message["step"])

    def follow(self, run_id: str, told: Iterable[Sequence[str]]) -> None:
        """Have a run wait for what it waits for now; `told` are models and times under which it may wait already."""
        record = self._runs.run(run_id)
        if record is None:
            return
        waits = {(model, record[runs.CREATED_AT]) for model in _unpriced(record)}
        for model, created in {(model, created) for model, created in told} | waits:
            line = Line(created, run_id)
            if (model, created) in waits:
                self._store.note(model, line, record["expires_at"])
            else:
                self._store.forget(model, line)
                self._store.forget_idle(model)

    def go_on(self, repricing_id: str, step: int) -> None:
        """Take a step of a repricing, if it is the next one."""
        there = self._store.repricing()
        if there is None or (there.shown.id, there.step) != (repricing_id, step):
            return
        if there.shown.state is not RepricingState.RUNNING:
            return
        self._refresh()
        try:
            self._store.save(self._stepped(there))
        except Changed:
            # Another message of the same step was faster: what it has folded is the same.
            return

    def _stepped(self, there: StoredRepricing) -> StoredRepricing:
        model = there.model if there.line else next(self._store.models(there.model), None)
        now = clock.now()
        if model is None:
            done = {"state": RepricingState.COMPLETED, "updated_at": now, "completed_at": now}
            return replace(there, step=there.step + 1, shown=there.shown.model_copy(update=done))
        lines = list(islice(self._store.lines(model, there.line), _AT_ONCE))
        unknown = self._priced(model, lines)
        looked_at = {"runs": there.shown.runs + len(lines), "unknown": there.shown.unknown + unknown, "updated_at": now}
        line = lines[-1] if len(lines) == _AT_ONCE else None
        if line is None:
            self._store.forget_idle(model)
        shown = there.shown.model_copy(update=looked_at)
        return replace(there, step=there.step + 1, model=model, line=line, shown=shown)

    def _priced(self, model: str, lines: Sequence[Line]) -> int:
        """Fold the traces of runs anew; of how many the price is still not known."""
        before = self._runs.runs(line.run_id for line in lines)
        each(self._refold, sorted({record[runs.TRACE_ID] for record in before.values()}))
        after = self._runs.runs(before)
        gone = [line for line in lines if model not in _unpriced(after.get(line.run_id, {}))]
        each(lambda line: self._store.forget(model, line), gone)
        return len(lines) - len(gone)

    def _shown(self, model: str) -> Iterable[UnknownModel]:
        first = next(self._store.lines(model), None)
        newest = list(islice(self._store.lines(model, newest_first=True), MOST_COUNTED + 1))
        if first is not None and newest:
            seen = {"first_seen": clock.from_text(first.created), "last_seen": clock.from_text(newest[0].created)}
            counted = min(len(newest), MOST_COUNTED)
            yield UnknownModel(model=model, runs=counted, more=len(newest) > counted, **seen)


def _unpriced(record: Facts) -> list[str]:
    models: list[str] = record.get(runs.UNPRICED, [])
    return models
