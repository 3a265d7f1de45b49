"""What happens to runs, as the table's stream tells it, and how a Lambda function may come to see it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from tests.support.run_strategies import PLACES
from watchbill.analytics import rules as analytics
from watchbill.analytics.models import Layout, Rollup, RollupKey
from watchbill.analytics.rules import Change
from watchbill.platform import clock, keys
from watchbill.platform.errors import Unprocessable
from watchbill.platform.stream import Record
from watchbill.runs import rules
from watchbill.runs.models import Facts, NewRun, RunChange
from watchbill.runs.store import _packed

Step = tuple[int, NewRun | RunChange | str]
"""To which place's run something happens, and what: a post, an amendment, or "expire"."""

_serialise = TypeSerializer().serialize


class History:
    """Runs and the stream of their writes."""

    def __init__(self) -> None:
        self.runs: dict[str, Facts] = {}
        self.expired: list[Facts] = []
        self.records: list[Record] = []

    def apply(self, steps: Iterable[Step]) -> "History":
        """Let steps happen one after the other."""
        for place, what in steps:
            if isinstance(what, NewRun):
                self._post(place, what)
            else:
                self._to_existing(place, what)
        return self

    @property
    def everything(self) -> list[Facts]:
        """Every run as it was last, also those that have expired: what was counted stays counted."""
        return [*self.runs.values(), *self.expired]

    def _post(self, place: int, run: NewRun) -> None:
        home = PLACES[place % len(PLACES)]
        run_id = rules.run_id(home, run.id)
        identity = {"run_id": run_id, "agent_id": home.agent_id, "version": home.version}
        said = rules.statement(run) | identity | {"recorded_at": clock.to_text(clock.now())}
        there = self.runs.get(run_id)
        self._write(run_id, rules.join(there, said) if there else said)

    def _to_existing(self, index: int, what: RunChange | str) -> None:
        if not self.runs:
            return
        run_id = sorted(self.runs)[index % len(self.runs)]
        if isinstance(what, RunChange):
            try:
                self._write(run_id, rules.join(self.runs[run_id], rules.amendment(self.runs[run_id], what)))
            except Unprocessable:
                return  # refused, so nothing is written
        else:
            # What expires is not told to the consumers: platform.stream leaves it out.
            self.expired.append(self.runs.pop(run_id))

    def _write(self, run_id: str, record: Facts) -> None:
        before = self.runs.get(run_id)
        if record != before:
            images = [_image(image) if image else None for image in (before, record)]
            self.records.append(Record(keys.RUN("demo", run_id), 1000 + len(self.records), *images))
            self.runs[run_id] = record


def recomputed(runs: Iterable[Facts], layout: Layout = Layout()) -> dict[RollupKey, Rollup]:  # noqa: B008
    """The rollups that these runs make, each counted once."""
    rollups: dict[RollupKey, Rollup] = defaultdict(Rollup)
    for run in runs:
        for key, delta in analytics.contributions(Change(0, None, run), layout).items():
            rollups[key].add(delta)
    return dict(rollups)


def _image(record: Facts) -> dict[str, Any]:
    return {name: _serialise(value) for name, value in _packed(record).items()}
