"""The first page: how things are, at a glance, and what is happening now."""

from watchbill.analytics import fleet
from watchbill.analytics.views import Range, RangeFilter
from watchbill.dashboard import charts
from watchbill.dashboard.charts import Chart, Timeline
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import Answer, Visit
from watchbill.platform import clock
from watchbill.platform.table import together
from watchbill.services import Services

pages = Pages()


@pages.get("")
def overview(visit: Visit) -> Answer:
    """Figures, charts, open anomalies, recent activity; health, for which each agent is asked, comes behind it."""
    use, asked = visit.services, visit.asked(RangeFilter)
    made = together(
        cards=use.analytics.stats,
        charts=lambda: _work(use, asked.range),
        anomalies=use.anomalies.open_ones,
        activity=use.analytics.recent_activity,
    )
    return visit.page("overview.html", range=asked.range, ranges=list(Range), **made)


@pages.get("/parts/cards")
def cards(visit: Visit) -> Answer:
    """The four cards, while one looks."""
    return visit.page("parts/cards.html", cards=visit.services.analytics.stats())


@pages.get("/parts/health")
def health(visit: Visit) -> Answer:
    """How every agent was in the last 24 hours."""
    return visit.page("parts/agents_health.html", health=visit.services.health.dashboard())


@pages.get("/parts/activity")
def activity(visit: Visit) -> Answer:
    """Recent activity, while one looks."""
    return visit.page("parts/activity.html", activity=visit.services.analytics.recent_activity())


def _work(use: Services, asked: Range) -> list[Chart]:
    """The charts of all agents' work over a range."""
    window = fleet.window_of(asked, clock.now())
    return charts.work(Timeline.of(use.analytics.course(window), window.start, window.end))
