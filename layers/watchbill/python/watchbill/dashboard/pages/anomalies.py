"""Anomalies: those that are open and those of the past, one with its course, and what an agent is judged by."""

from watchbill.anomalies.models import Anomaly, AnomalyFilters, Severity
from watchbill.configuration.models import AgentOverrides
from watchbill.dashboard import charts
from watchbill.dashboard.forms import as_change
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import Answer, Visit
from watchbill.platform import clock
from watchbill.platform.access import Scope
from watchbill.platform.errors import NotFound

pages = Pages()
_TIMEFRAMES = ("24h", "7d", "4w", "3m", "1y")


@pages.get("/anomalies")
def anomalies(visit: Visit) -> Answer:
    """The anomalies of all agents, as the address filters them."""
    asked = visit.asked(AnomalyFilters)
    found = visit.services.anomalies.listed(asked)
    return visit.page("anomalies.html", asked=asked, found=found, severities=list(Severity), timeframes=_TIMEFRAMES)


@pages.get("/parts/anomalies")
def listed(visit: Visit) -> Answer:
    """The anomalies alone."""
    asked = visit.asked(AnomalyFilters)
    return visit.page("parts/anomalies.html", asked=asked, found=visit.services.anomalies.listed(asked))


@pages.get("/anomalies/<agent>")
def of_agent(visit: Visit, agent: str) -> Answer:
    """What is open of an agent, and by what it is judged."""
    use = visit.services
    found = use.registry.agent(agent)
    return visit.page(
        "agent_anomalies.html",
        agent=found,
        found=use.anomalies.listed(AnomalyFilters(agent=found.id, limit=20)),
        asked=AnomalyFilters(agent=found.id),
        configured=use.configuration.configured(found.id),
    )


@pages.post("/anomalies/<agent>/thresholds", Scope.ADMIN, action="configuration.change_strand_configuration")
def set_thresholds(visit: Visit, agent: str) -> Answer:
    """With other thresholds; of what was left empty the organisation's hold."""
    use = visit.services
    found = use.registry.agent(agent)
    use.configuration.change(visit.checked(AgentOverrides, as_change(visit.fields)), found.id)
    return visit.go(f"/dashboard/anomalies/{found.id}", "The thresholds are changed; they hold within a minute.")


@pages.get("/anomalies/<agent>/<anomaly>")
def anomaly(visit: Visit, agent: str, anomaly: str) -> Answer:
    """One anomaly: its figure by the hour with what was expected, what to do, and its life."""
    course = visit.services.anomalies.course(_of_agent(visit, agent, anomaly).id)
    return visit.page(
        "anomaly.html",
        one=course.anomaly,
        course=course,
        chart=charts.course(course, clock.now()),
        knower=_holder(visit, course.anomaly.acknowledged_by),
    )


@pages.post("/anomalies/<agent>/<anomaly>/acknowledge", Scope.EXECUTE, action="anomalies.acknowledge")
def acknowledge(visit: Visit, agent: str, anomaly: str) -> Answer:
    """Known, by the visitor's key."""
    found = _of_agent(visit, agent, anomaly)
    visit.services.anomalies.acknowledge(found.id, visit.principal.key_id)
    return visit.go(f"/dashboard/anomalies/{found.strand_id}/{found.id}", "It is known now that you know of it.")


def _of_agent(visit: Visit, agent: str, anomaly: str) -> Anomaly:
    found = visit.services.anomalies.anomaly(anomaly)
    if found.strand_id != agent:
        raise NotFound(f"agent {agent!r} has no anomaly {anomaly!r}")
    return found


def _holder(visit: Visit, key_id: str | None) -> str | None:
    """Whose key it is, for who may know that."""
    if key_id == visit.principal.key_id:
        return "you"
    keys = visit.services.identity.keys().items if key_id and visit.may(Scope.ADMIN) else ()
    return next((f"the key “{key.name}”" for key in keys if key.id == key_id), key_id and f"the key {key_id}")
