"""The composition root's lower half: what knows of agents and their runs, and tells of them.

An area is imported when it is first asked for: a function pays at its start for what it does, not for what there is.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from watchbill.connecting import Connecting
from watchbill.platform.settings import settings

if TYPE_CHECKING:
    from watchbill.alerts.deliverer import Deliverer
    from watchbill.alerts.notifier import Notifier
    from watchbill.alerts.service import AlertService
    from watchbill.analytics.rollups import RollupService
    from watchbill.analytics.service import AnalyticsService
    from watchbill.analytics.store import RollupStore
    from watchbill.anomalies.service import AnomalyService
    from watchbill.budgets.reviewer import BudgetReviewer
    from watchbill.budgets.store import BudgetStore
    from watchbill.experiments.service import ExperimentService
    from watchbill.exports.service import ExportService
    from watchbill.health.service import HealthService
    from watchbill.metrics.following import MetricFollower
    from watchbill.metrics.service import MetricService
    from watchbill.metrics.store import MetricStore
    from watchbill.performance.service import PerformanceService
    from watchbill.platform.outgoing import Outgoing
    from watchbill.platform.sealed_signing import SigningKeeper
    from watchbill.rebuild.service import RebuildService
    from watchbill.registry.service import RegistryService
    from watchbill.reports.service import ReportService
    from watchbill.runs.service import RunService
    from watchbill.runs.store import RunStore
    from watchbill.telemetry.content import ContentPolicy
    from watchbill.telemetry.intake import Intake
    from watchbill.telemetry.prices import PriceService
    from watchbill.telemetry.service import TraceService
    from watchbill.telemetry.store import TraceStore


class Observing(Connecting):
    """The use cases of one organisation that its runs are kept and watched by."""

    @cached_property
    def prices(self) -> "PriceService":
        """What calls of models cost it."""
        from watchbill.telemetry.prices import PriceService
        from watchbill.telemetry.pricestore import PriceStore

        return PriceService(PriceStore(self._table))

    def content_policy(self) -> "ContentPolicy":
        """What is done with the content of what its agents report, as it was set at most a minute ago."""
        from watchbill.telemetry.content import policy_of

        return policy_of(self.configuration.effective())

    @cached_property
    def registry(self) -> "RegistryService":
        """Its agents and versions."""
        from watchbill.registry.service import RegistryService
        from watchbill.registry.store import RegistryStore

        return RegistryService(
            self._table.organisation, RegistryStore(self._table), self._cursors, self._signing_keeper, self._outgoing
        )

    @cached_property
    def runs(self) -> "RunService":
        """Its runs."""
        from watchbill.runs.service import RunService

        return RunService(self._run_store, self.registry, self._cursors, self.configuration.retention)

    @cached_property
    def intake(self) -> "Intake":
        """Its telemetry, as it comes in."""
        from watchbill.telemetry.intake import Intake
        from watchbill.telemetry.records import Recorder
        from watchbill.telemetry.registering import Registrar

        registrar = Registrar(self._table.organisation, self.registry)
        recorder = Recorder(registrar, self.configuration.retention)
        return Intake(self._trace_store, self._run_store, recorder, self.prices.price, self.content_policy)

    @cached_property
    def traces(self) -> "TraceService":
        """Its traces, as they can be asked for."""
        from watchbill.telemetry.service import TraceService

        return TraceService(self._trace_store, self._run_store, self.prices.price)

    @cached_property
    def metrics(self) -> "MetricService":
        """Its custom metrics."""
        from watchbill.metrics.service import MetricService
        from watchbill.metrics.tallies import TallyStore

        tallies, retention = TallyStore(self._table), self.configuration.retention
        return MetricService(self._metric_store, tallies, self.registry, self._cursors, retention)

    @cached_property
    def metric_follower(self) -> "MetricFollower":
        """Its custom metrics, for the stream's consumer."""
        from watchbill.metrics.following import MetricFollower
        from watchbill.metrics.tallies import TallyStore

        return MetricFollower(self._metric_store, TallyStore(self._table))

    @cached_property
    def analytics(self) -> "AnalyticsService":
        """Its figures."""
        from watchbill.analytics.service import AnalyticsService

        return AnalyticsService(self._rollup_store, self.registry, self.runs, self.identity.organisation)

    @cached_property
    def performance(self) -> "PerformanceService":
        """How its strands work."""
        from watchbill.performance.service import PerformanceService

        return PerformanceService(self._rollup_store, self.registry, self.runs)

    @cached_property
    def anomalies(self) -> "AnomalyService":
        """What departs from its agents' own past."""
        from watchbill.anomalies.service import AnomalyService
        from watchbill.anomalies.store import AnomalyStore

        return AnomalyService(
            AnomalyStore(self._table),
            self._rollup_store,
            self.registry,
            self.identity.organisation,
            self.configuration,
            self._cursors,
        )

    @cached_property
    def experiments(self) -> "ExperimentService":
        """Its agents' experiments."""
        from watchbill.experiments.service import ExperimentService
        from watchbill.experiments.store import ExperimentStore

        return ExperimentService(ExperimentStore(self._table), self._rollup_store, self.registry, self._cursors)

    @cached_property
    def exports(self) -> "ExportService":
        """Exports of its runs."""
        from watchbill.exports.service import ExportService
        from watchbill.exports.store import ExportStore
        from watchbill.platform.files import Files, Kind

        files = Files(self._table.organisation, Kind.EXPORTS)
        return ExportService(ExportStore(self._table), self.runs, self.registry, files, self._cursors)

    @cached_property
    def health(self) -> "HealthService":
        """How its strands are."""
        from watchbill.health.service import HealthService

        return HealthService(self.performance, self.anomalies, self._rollup_store, self.registry)

    @cached_property
    def reports(self) -> "ReportService":
        """Its reports."""
        from watchbill.reports.service import ReportService, Sources
        from watchbill.reports.store import ReportStore

        sources = Sources(
            self.performance, self.anomalies, self.registry, self.configuration, self.identity.organisation
        )
        return ReportService(ReportStore(self._table), sources, self._cursors)

    @cached_property
    def rollups(self) -> "RollupService":
        """Its rollups, for the stream's consumer."""
        from watchbill.analytics.rollups import RollupService

        return RollupService(self._rollup_store)

    @cached_property
    def budget_reviewer(self) -> "BudgetReviewer":
        """What is spent of its budgets, for those who count runs and start tasks."""
        from watchbill.budgets.reviewer import BudgetReviewer

        return BudgetReviewer(self._budget_store, self._rollup_store)

    @cached_property
    def alerts(self) -> "AlertService":
        """Its subscriptions to alerts."""
        from watchbill.alerts.service import AlertService
        from watchbill.alerts.store import AlertStore

        store, sender = AlertStore(self._table), settings().alert_sender
        return AlertService(
            self._table.organisation, store, self._cursors, self._outgoing(), sender, self._signing_keeper
        )

    @cached_property
    def notifier(self) -> "Notifier":
        """Who is told of its events."""
        from watchbill.alerts.notifier import Notifier
        from watchbill.alerts.store import AlertStore

        return Notifier(self._table.organisation, AlertStore(self._table))

    @cached_property
    def deliverer(self) -> "Deliverer":
        """Its deliveries."""
        from watchbill.alerts.deliverer import Deliverer
        from watchbill.alerts.store import AlertStore

        store, delays = AlertStore(self._table), settings().webhook_delays
        signings = self._signing_keeper
        return Deliverer(self._table.organisation, store, self._outgoing(), delays, self.reports.report, signings)

    @cached_property
    def _signing_keeper(self) -> "SigningKeeper":
        from watchbill.platform.sealed_signing import SigningKeeper
        from watchbill.platform.sealing import Sealer

        return SigningKeeper(Sealer(self._table.organisation))

    @cached_property
    def rebuild(self) -> "RebuildService":
        """Its rebuilds."""
        from watchbill.rebuild.service import RebuildService
        from watchbill.rebuild.store import RebuildStore

        return RebuildService(
            self.identity.organisation,
            RebuildStore(self._table),
            self._rollup_store,
            self.runs,
            self.registry,
            self.configuration.shortest_retention,
        )

    @staticmethod
    def _outgoing() -> "Outgoing":
        from watchbill.platform.outgoing import Outgoing

        return Outgoing(local=settings().private_targets)

    @cached_property
    def _budget_store(self) -> "BudgetStore":
        from watchbill.budgets.store import BudgetStore

        return BudgetStore(self._table)

    @cached_property
    def _metric_store(self) -> "MetricStore":
        from watchbill.metrics.store import MetricStore

        return MetricStore(self._table)

    @cached_property
    def _run_store(self) -> "RunStore":
        from watchbill.runs.store import RunStore

        return RunStore(self._table)

    @cached_property
    def _trace_store(self) -> "TraceStore":
        from watchbill.platform.files import Files, Kind
        from watchbill.telemetry.store import TraceStore

        return TraceStore(self._table, self._run_store, Files(self._table.organisation, Kind.SPANS))

    @cached_property
    def _rollup_store(self) -> "RollupStore":
        from watchbill.analytics.store import RollupStore

        return RollupStore(self._table)
