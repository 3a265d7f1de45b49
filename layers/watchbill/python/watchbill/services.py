"""The composition root: what a function may ask for, wired for one organisation."""

from functools import cached_property, lru_cache

from watchbill.alerts.deliverer import Deliverer
from watchbill.alerts.notifier import Notifier
from watchbill.alerts.service import AlertService
from watchbill.alerts.store import AlertStore
from watchbill.analytics.rollups import RollupService
from watchbill.analytics.service import AnalyticsService
from watchbill.analytics.store import RollupStore
from watchbill.anomalies.service import AnomalyService
from watchbill.anomalies.store import AnomalyStore
from watchbill.configuration import rules as configuration
from watchbill.configuration.service import ConfigurationService
from watchbill.configuration.store import ConfigurationStore
from watchbill.health.service import HealthService
from watchbill.identity.service import IdentityService
from watchbill.identity.store import IdentityStore
from watchbill.performance.service import PerformanceService
from watchbill.platform.access import Principal
from watchbill.platform.lists import Cursors
from watchbill.platform.outgoing import Outgoing
from watchbill.platform.settings import settings
from watchbill.platform.table import Table
from watchbill.rebuild.service import RebuildService
from watchbill.rebuild.store import RebuildStore
from watchbill.registry.service import RegistryService
from watchbill.registry.store import RegistryStore
from watchbill.reports.service import ReportService, Sources
from watchbill.reports.store import ReportStore
from watchbill.runs.service import RunService
from watchbill.runs.store import RunStore


class Services:
    """The use cases of one organisation; each is made when it is first asked for."""

    def __init__(self, organisation: str) -> None:
        self._table = Table(organisation)

    @cached_property
    def identity(self) -> IdentityService:
        """Its record and keys."""
        return IdentityService(self._table.organisation, IdentityStore(self._table))

    @cached_property
    def configuration(self) -> ConfigurationService:
        """How its runs are kept and watched."""
        of_stage = configuration.of_stage(settings().stage, settings().retention_days)
        return ConfigurationService(ConfigurationStore(self._table), of_stage)

    @cached_property
    def registry(self) -> RegistryService:
        """Its agents and versions."""
        return RegistryService(self._table.organisation, RegistryStore(self._table), self._cursors)

    @cached_property
    def runs(self) -> RunService:
        """Its runs."""
        return RunService(RunStore(self._table), self.registry, self._cursors, self.configuration.retention)

    @cached_property
    def analytics(self) -> AnalyticsService:
        """Its figures."""
        return AnalyticsService(RollupStore(self._table), self.registry, self.runs, self.identity.organisation)

    @cached_property
    def performance(self) -> PerformanceService:
        """How its strands work."""
        return PerformanceService(RollupStore(self._table), self.registry, self.runs)

    @cached_property
    def anomalies(self) -> AnomalyService:
        """What departs from its agents' own past."""
        return AnomalyService(
            AnomalyStore(self._table),
            RollupStore(self._table),
            self.registry,
            self.identity.organisation,
            self.configuration,
        )

    @cached_property
    def health(self) -> HealthService:
        """How its strands are."""
        return HealthService(self.performance, self.anomalies, RollupStore(self._table), self.registry)

    @cached_property
    def reports(self) -> ReportService:
        """Its reports."""
        sources = Sources(
            self.performance, self.anomalies, self.registry, self.configuration, self.identity.organisation
        )
        return ReportService(ReportStore(self._table), sources, self._cursors)

    @cached_property
    def rollups(self) -> RollupService:
        """Its rollups, for the stream's consumer."""
        return RollupService(RollupStore(self._table))

    @cached_property
    def alerts(self) -> AlertService:
        """Its subscriptions to alerts."""
        store, outgoing = AlertStore(self._table), Outgoing(local=settings().private_targets)
        return AlertService(self._table.organisation, store, self._cursors, outgoing, settings().alert_sender)

    @cached_property
    def notifier(self) -> Notifier:
        """Who is told of its events."""
        return Notifier(self._table.organisation, AlertStore(self._table))

    @cached_property
    def deliverer(self) -> Deliverer:
        """Its deliveries."""
        store, outgoing = AlertStore(self._table), Outgoing(local=settings().private_targets)
        delays = settings().webhook_delays
        return Deliverer(self._table.organisation, store, outgoing, delays, self.reports.report)

    @cached_property
    def rebuild(self) -> RebuildService:
        """Its rebuilds."""
        return RebuildService(
            self.identity.organisation,
            RebuildStore(self._table),
            RollupStore(self._table),
            self.runs,
            self.registry,
            self.configuration.shortest_retention,
        )

    @cached_property
    def _cursors(self) -> Cursors:
        return Cursors(IdentityStore(self._table).cursor_secret)


def services(who: Principal | str) -> Services:
    """The use cases of the organisation that asks, or of the one named."""
    return _services(who if isinstance(who, str) else who.organisation)


@lru_cache(maxsize=256)
def _services(organisation: str) -> Services:
    return Services(organisation)


def forget() -> None:
    """Forget every organisation's services, for a process whose AWS has changed, as in tests."""
    _services.cache_clear()
