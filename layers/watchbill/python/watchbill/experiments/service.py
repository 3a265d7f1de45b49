"""Beginning, ending and comparing experiments, and choosing the version that a task is done by."""

from collections import defaultdict
from datetime import datetime

from watchbill.analytics.models import Cell, Dimension
from watchbill.analytics.store import RollupStore
from watchbill.experiments import rules
from watchbill.experiments.comparing import report
from watchbill.experiments.models import Chosen, Experiment, ExperimentState, NewExperiment, Sticky, Weights
from watchbill.experiments.store import ExperimentStore, Stored
from watchbill.experiments.views import ExperimentList, ExperimentReport, ShownExperiment
from watchbill.platform import clock, ids
from watchbill.platform.errors import BadRequest, Conflict, NotFound, Unprocessable
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import Changed
from watchbill.registry.service import RegistryService


class ExperimentService:
    """One organisation's experiments."""

    def __init__(
        self, store: ExperimentStore, rollups: RollupStore, registry: RegistryService, cursors: Cursors
    ) -> None:
        self._store = store
        self._rollups = rollups
        self._registry = registry
        self._cursors = cursors

    def create(self, agent: str, new: NewExperiment) -> ShownExperiment:
        """Begin an experiment. Raises NotFound, BadRequest, Unprocessable, Conflict while another runs."""
        agent_id, now = self._registry.agent(agent).id, clock.now()
        if new.ends_at is not None and new.ends_at <= now:
            raise BadRequest("an experiment ends after it begins: ends_at lies ahead")
        self._require_versions(agent_id, new)
        current = self._store.current(agent_id)
        if running := current.running(now):
            raise Conflict(f"experiment {running.id!r} is running: stop it first")
        made = Experiment(id=ids.new_id(), agent_id=agent_id, started_at=now, **dict(new))
        try:
            self._store.create(made, current)
        except Changed as error:
            raise Conflict("another experiment has just begun") from error
        return _shown(made, now)

    def experiments(self, agent: str, limit: int, cursor: str | None) -> ExperimentList:
        """An agent's experiments, newest first. Raises NotFound, BadRequest."""
        agent_id, now = self._registry.agent(agent).id, clock.now()
        query = f"experiments {agent_id}"
        found = self._store.experiments(agent_id, self._cursors.open(cursor, query).get("before"))
        shown, more = first_page(((_shown(each, now), {"before": each.id}) for each in found), limit)
        return ExperimentList(items=tuple(shown), next_cursor=self._cursors.close(more, query))

    def report(self, agent: str, experiment_id: str) -> ExperimentReport:
        """An experiment and what came of it so far. Raises NotFound."""
        _, experiment = self._existing(self._registry.agent(agent).id, experiment_id)
        return report(experiment, self._cells(experiment), clock.now())

    def stop(self, agent: str, experiment_id: str) -> ShownExperiment:
        """End an experiment; one that is over stays as it is. Raises NotFound, Conflict."""
        agent_id, now = self._registry.agent(agent).id, clock.now()
        stored, experiment = self._existing(agent_id, experiment_id)
        if experiment.state(now) is not ExperimentState.RUNNING:
            return _shown(experiment, now)
        return self._replace(stored, experiment.model_copy(update={"stopped_at": now}), now)

    def reweigh(self, agent: str, experiment_id: str, weights: Weights) -> ShownExperiment:
        """Give the versions of a running experiment other weights. Raises NotFound, Unprocessable, Conflict."""
        agent_id, now = self._registry.agent(agent).id, clock.now()
        stored, experiment = self._existing(agent_id, experiment_id)
        if experiment.state(now) is not ExperimentState.RUNNING:
            raise Unprocessable(f"the experiment is {experiment.state(now).value}: its weights mean nothing any more")
        given = {share.version: share for share in weights.versions}
        if given.keys() != {share.version for share in experiment.versions}:
            raise Unprocessable("an experiment keeps its versions: give each of them a weight, and no other")
        versions = tuple(given[share.version] for share in experiment.versions)
        return self._replace(
            stored, experiment.model_copy(update={"versions": versions, "weights_changed_at": now}), now
        )

    def choose(self, agent_id: str, task_id: str, stream_id: str | None, session_id: str | None) -> Chosen | None:
        """The version that a task is done by, or None when the agent has no experiment."""
        running = self._store.current(agent_id).running(clock.now())
        if running is None:
            return None
        return rules.chosen(running, rules.sticky_key(Sticky(running.sticky_by), stream_id, session_id, task_id))

    def _require_versions(self, agent_id: str, weights: Weights) -> None:
        known = set(self._registry.version_names(agent_id))
        for share in weights.versions:
            if share.version not in known:
                raise Unprocessable(f"the agent has no version {share.version!r}")

    def _existing(self, agent_id: str, experiment_id: str) -> tuple[Stored, Experiment]:
        stored = self._store.experiment(agent_id, experiment_id)
        if stored.experiment is None:
            raise NotFound(f"the agent has no experiment {experiment_id!r}")
        return stored, stored.experiment

    def _replace(self, before: Stored, after: Experiment, now: datetime) -> ShownExperiment:
        try:
            self._store.replace(before, after, self._store.current(after.agent_id))
        except Changed as error:
            raise Conflict("the experiment is being changed by another request; try again") from error
        return _shown(after, now)

    def _cells(self, experiment: Experiment) -> dict[str, Cell]:
        """The sums over each version's runs: their cost follows from the experiment's hours, not from its runs."""
        # A run counts in the hour its task was made in, which may be one before its version was on record.
        span = (clock.to_text(experiment.started_at)[:13], clock.to_text(clock.now())[:13])
        cells: dict[str, Cell] = defaultdict(Cell)
        for _, rollup in self._rollups.hours(self._rollups.layout(), Dimension.EXPERIMENT, experiment.id, *span):
            for version, cell in rollup.cells.items():
                cells[version].add(cell)
        return cells


def _shown(experiment: Experiment, now: datetime) -> ShownExperiment:
    return ShownExperiment(**dict(experiment), status=experiment.state(now))
