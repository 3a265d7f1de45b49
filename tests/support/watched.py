"""An organisation in memory whose agents' hours are counted, and the service that watches over them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.support.agent_hours import AGENT, FAULT, at, dear, hours, recent
from tests.support.memory_table import MemoryTable
from tests.support.open_sealer import SIGNINGS
from watchbill.analytics.models import Cell, Dimension, Measure, Rollup, Sums
from watchbill.analytics.store import RollupStore, from_rollup
from watchbill.anomalies.figures import Hours, Work
from watchbill.anomalies.models import Anomaly
from watchbill.anomalies.service import AnomalyService
from watchbill.anomalies.store import AnomalyStore
from watchbill.anomalies.watch import Watch
from watchbill.configuration import rules as configuration
from watchbill.configuration.models import AgentOverrides
from watchbill.configuration.service import ConfigurationService
from watchbill.configuration.store import ConfigurationStore
from watchbill.identity.models import Organisation
from watchbill.platform import clock, keys
from watchbill.platform.clock import frozen_at
from watchbill.platform.lists import Cursors
from watchbill.platform.table import Table
from watchbill.registry.models import Agent
from watchbill.registry.service import RegistryService
from watchbill.registry.store import RegistryStore

NAME = "research-strand"


class Watched:
    """The organisation `demo`, or the one that the table is of."""

    def __init__(self, table: Table | None = None, time_zone: str = "UTC") -> None:
        self.table = table or MemoryTable()
        self.items: dict[Any, Any] = getattr(self.table, "items", {})
        self._registry = RegistryStore(self.table)
        self._id = self.table.organisation
        self._organisation = Organisation(id=self._id, name="Demo", time_zone=time_zone, created_at=clock.now())
        self.configuration = ConfigurationService(
            ConfigurationStore(self.table), configuration.of_stage("development", 30)
        )
        self.service = AnomalyService(
            AnomalyStore(self.table),
            RollupStore(self.table),
            RegistryService(self._id, self._registry, Cursors(lambda: b""), SIGNINGS),
            lambda: self._organisation,
            self.configuration,
            Cursors(lambda: b""),
        )

    def register(self, agent_id: str = AGENT, name: str = NAME) -> None:
        """Register an agent."""
        now = clock.now()
        self._registry.create_agent(Agent(id=agent_id, name=name, project="p", created_at=now, updated_at=now))

    def count(self, hours: Hours, agent_id: str = AGENT) -> None:
        """Let an agent's hours be counted, as the stream's consumer would have left them."""
        for hour, works in hours.items():
            text = clock.to_text(hour)[:13]
            key = keys.HOUR(self._id, "1", Dimension.AGENT, agent_id, text[:7], text)
            self.table.put(key, from_rollup(Rollup({f"1.0#{name}": _cell(work) for name, work in works.items()})))
        newest = Cell({Measure.RUNS: 1}, newest=clock.to_text(max(hours)))
        self.table.put(keys.TOTAL(self._id, "1", Dimension.AGENT, agent_id), from_rollup(Rollup({"1.0": newest})))

    def check(self, until: datetime, agent_id: str = AGENT) -> None:
        """Check an agent at that hour's end."""
        with frozen_at(until):
            self.service.check(agent_id, until)

    def shown(self, at: datetime, timeframe: Any, strand: str = AGENT) -> list[Anomaly]:
        """What is answered when somebody asks at that time."""
        with frozen_at(at):
            return self.service.of_agent(strand, timeframe)

    @property
    def remembered(self) -> Watch:
        """The agent's watch."""
        watch = AnomalyStore(self.table).watch(AGENT).watch
        assert watch is not None
        return watch

    def switch_off(self) -> None:
        """Have nothing detected."""
        self.configuration.change(AgentOverrides(enable_anomaly_detection=False))

    @property
    def stored(self) -> Mapping[str, Anomaly]:
        """The episodes in the table by id."""
        found = [item for key, item in self.items.items() if keys.parse(key)[0] is keys.EPISODE]
        anomalies = [Anomaly.model_validate_json(item["anomaly"]) for item in found]
        return {anomaly.id: anomaly for anomaly in anomalies}


def an_anomaly(organisation: str, agent_id: str = AGENT, name: str = NAME) -> str:
    """Have an agent of an organisation found out whose runs cost three times the usual; the id of the open anomaly."""
    watched = Watched(Table(organisation))
    watched.register(agent_id, name)
    watched.count(recent(hours(FAULT + 12, dear), 100), agent_id)
    watched.check(at(FAULT + 2), agent_id)
    (found,) = (one.id for one in watched.service.open_ones() if one.strand_id == agent_id)
    return found


def _cell(work: Work) -> Cell:
    sums: Sums = {
        Measure.RUNS: work.runs,
        Measure.COMPLETED: work.finished - work.failed,
        Measure.FAILED: work.failed,
        Measure.DURATION_MS: round(work.duration * work.timed),
        Measure.TIMED: work.timed,
        Measure.COST: Decimal(repr(work.cost)) * work.costed,
        Measure.COSTED: work.costed,
        Measure.QUALITY: Decimal(repr(work.quality)) * work.rated,
        Measure.QUALITY_RATED: work.rated,
    }
    return Cell({measure: amount for measure, amount in sums.items() if amount})
