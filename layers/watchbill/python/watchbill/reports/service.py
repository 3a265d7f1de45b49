"""Making reports, keeping them, and finding them again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from watchbill.anomalies.models import Anomaly
from watchbill.anomalies.service import AnomalyService
from watchbill.configuration.service import ConfigurationService
from watchbill.identity.models import Organisation
from watchbill.performance.rules import MOST_RUNS_READ
from watchbill.performance.service import PerformanceService
from watchbill.platform import clock, ids
from watchbill.platform.errors import NotFound
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import AlreadyExists
from watchbill.registry.service import RegistryService
from watchbill.reports import rules
from watchbill.reports.catalogue import CATALOGUE
from watchbill.reports.days import due_day, period_of_day
from watchbill.reports.figures import Calendar, Figures, Material, Pair
from watchbill.reports.models import Period, Report, ReportFilters, ReportList, ReportRequest, ReportType
from watchbill.reports.rules import Wish
from watchbill.reports.store import ReportStore


@dataclass(frozen=True, slots=True)
class Sources:
    """What reports are made from."""

    performance: PerformanceService
    anomalies: AnomalyService
    registry: RegistryService
    configuration: ConfigurationService
    organisation: Callable[[], Organisation]


class ReportService:
    """One organisation's reports."""

    def __init__(self, store: ReportStore, sources: Sources, cursors: Cursors) -> None:
        self._store = store
        self._sources = sources
        self._cursors = cursors

    def generate(self, request: ReportRequest) -> Report:
        """A new report, kept. Raises Unprocessable when too many runs would be read for its filters."""
        filters = request.filters or ReportFilters()
        period = self._readable(rules.period_of(request.report_type, filters, clock.now()))
        report = self._made(Wish(ids.new_id(), request.report_type, filters, period))
        self._store.create(report)
        return report

    def generate_due(self, at: datetime) -> None:
        """The daily summary that is due at an instant, if it is one."""
        day = due_day(at, self._sources.organisation().zone, self._sources.configuration.effective().report_hour)
        if day is not None:
            self.generate_of_day(day)

    def generate_of_day(self, day: date) -> None:
        """The daily summary of a day where the organisation is; made once, however often it is asked for."""
        period = self._readable(period_of_day(day, self._sources.organisation().zone))
        report_id = ids.derived_id("report", self._sources.organisation().id, ReportType.DAILY_SUMMARY, str(day))
        if self._store.report(report_id) is not None:
            return
        report = self._made(Wish(report_id, ReportType.DAILY_SUMMARY, ReportFilters(), period, scheduled=True))
        try:
            self._store.create(report)
        except AlreadyExists:
            return  # another message of the same day was quicker

    def report(self, report_id: str) -> Report:
        """One report. Raises NotFound."""
        report = self._store.report(report_id)
        if report is None:
            raise NotFound(f"there is no report {report_id!r}")
        return report

    def reports(self, type: ReportType | None, limit: int, cursor: str | None) -> ReportList:
        """The reports, of one type if one is named, newest first and without their contents."""
        query = f"reports {type or 'all'}"
        before = self._cursors.open(cursor, query).get("before")
        # Clocks of two functions differ by less than a minute.
        entries = self._store.entries(clock.now() + timedelta(minutes=1), tuple(before) if before else None)
        wanted = ((entry, {"before": place}) for entry, place in entries if type in (None, entry.type))
        shown, more = first_page(wanted, limit)
        return ReportList(items=tuple(shown), next_cursor=self._cursors.close(more, query))

    def _readable(self, period: Period) -> Period:
        """The period; its whole hours, where those at its borders hold too many runs to read them one by one."""
        borders = [clock.to_text(hour)[:13] for hour in period.partial_hours]
        few = self._sources.performance.runs_within(borders) <= MOST_RUNS_READ
        return period if few else period.in_whole_hours

    def _made(self, wish: Wish) -> Report:
        zone = self._sources.organisation().zone
        calendar, before = (Calendar(period, zone) for period in (wish.period, wish.period.before))
        current, previous = (self._figures(wish, each) for each in (calendar, before))
        names, models = self._names(), self._models(wish)
        now = clock.now()

        def material(top: int) -> Material:
            return Material(calendar, now, current, previous, names, models, top)

        return rules.composed(wish, material, self._anomalies(wish, {*(current.by_strand or ())}))

    def _figures(self, wish: Wish, calendar: Calendar) -> Figures:
        figures = Figures(stretch_of=calendar.stretch_of)
        if not CATALOGUE[wish.type].users:
            figures.by_user = None
        self._sources.performance.count(rules.question(wish.filters, calendar.period), figures)
        return figures

    def _anomalies(self, wish: Wish, worked: set[str]) -> list[Anomaly]:
        """The anomalies of the period: of the strand that is asked for, or of those that did what is asked for."""
        filters = wish.filters
        among: set[str] | None = worked if filters.user_id or filters.task_type else None
        if filters.strand_id is not None:
            among = self._strands_called(filters.strand_id)
        found = self._sources.anomalies.between(wish.period.start, wish.period.end, among)
        return [anomaly for anomaly in found if filters.task_type in (None, anomaly.task_type)]

    def _strands_called(self, reference: str) -> set[str]:
        try:
            return {self._sources.registry.agent(reference).id}
        except NotFound:
            return set()  # it registers itself with its first record, and has not worked yet

    def _names(self) -> dict[str, str]:
        return {agent.id: agent.name for agent in self._sources.registry.all_agents()}

    def _models(self, wish: Wish) -> dict[Pair, str]:
        """Which models each version of a strand was registered with; only costs are asked by model."""
        if wish.type is not ReportType.COST_ANALYSIS:
            return {}
        versions = self._sources.registry.all_versions()
        return {(each.agent_id, each.version): rules.models_named(each.models) for each in versions if each.models}
