"""Experiments in the table: an agent's, and beside them the one that runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from watchbill.experiments.models import Experiment, ExperimentState
from watchbill.platform import keys
from watchbill.platform.items import REVISION, Item
from watchbill.platform.table import Table
from watchbill.platform.writes import Replace, Write


@dataclass(frozen=True, slots=True)
class Stored:
    """An experiment as it was read, or that there is none."""

    experiment: Experiment | None
    revision: int = 0

    def running(self, now: datetime) -> Experiment | None:
        """The experiment while it runs."""
        there = self.experiment
        return there if there and there.state(now) is ExperimentState.RUNNING else None


class ExperimentStore:
    """One organisation's experiments."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def experiment(self, agent_id: str, experiment_id: str) -> Stored:
        """One of an agent's experiments."""
        return _to_stored(self._table.get(keys.EXPERIMENT(self._organisation, agent_id, experiment_id)))

    def current(self, agent_id: str) -> Stored:
        """The experiment of an agent that was begun last, unless it was stopped."""
        return _to_stored(self._table.get(keys.CURRENT_EXPERIMENT(self._organisation, agent_id)))

    def experiments(self, agent_id: str, before: str | None) -> Iterator[Experiment]:
        """An agent's experiments, newest first, behind the one whose id is `before`."""
        partition = keys.EXPERIMENT.partition(self._organisation, agent_id)
        end = keys.EXPERIMENT(self._organisation, agent_id, before).sk if before else keys.EXPERIMENT.last()
        for stored in self._table.query(partition, descending=True, before=end, page_size=100):
            if keys.EXPERIMENT.parse(stored.key):
                yield _experiment(stored.item)

    def create(self, experiment: Experiment, current: Stored) -> None:
        """Begin an experiment over the current one that was read. Raises Changed."""
        key = keys.EXPERIMENT(self._organisation, experiment.agent_id, experiment.id)
        self._table.transact([Replace(key, _item(experiment), 0), self._current(experiment, current)])

    def replace(self, before: Stored, after: Experiment, current: Stored) -> None:
        """Store an experiment over the one that was read, also where it is the current one. Raises Changed."""
        key = keys.EXPERIMENT(self._organisation, after.agent_id, after.id)
        writes: list[Write] = [Replace(key, _item(after), before.revision)]
        if current.experiment and current.experiment.id == after.id:
            writes.append(self._current(after, current))
        self._table.transact(writes)

    def _current(self, experiment: Experiment, current: Stored) -> Write:
        key = keys.CURRENT_EXPERIMENT(self._organisation, experiment.agent_id)
        return Replace(key, _item(experiment), current.revision)


def _item(experiment: Experiment) -> Item:
    return {"experiment": experiment.model_dump_json(exclude_none=True)}


def _experiment(item: Item) -> Experiment:
    return Experiment.model_validate_json(item["experiment"])


def _to_stored(item: Item | None) -> Stored:
    return Stored(_experiment(item), item.get(REVISION, 0)) if item else Stored(None)
