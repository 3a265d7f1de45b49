"""Anomalies of an organisation's agents: judging their hours as these are over, and telling what was found."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from watchbill.analytics.models import Dimension, Layout
from watchbill.analytics.store import RollupStore
from watchbill.anomalies.course import Course, course_of, first_hour, window_around
from watchbill.anomalies.episodes import Acknowledgement, place_of
from watchbill.anomalies.figures import HOUR, Hours, works_of
from watchbill.anomalies.judging import Terms
from watchbill.anomalies.models import Anomaly, AnomalyFilters, AnomalyList, AnomalyQuery
from watchbill.anomalies.store import MOST_LISTED, AnomalyStore, Place, Remembered, place_in_list
from watchbill.anomalies.watch import (
    LATE,
    LEARNED_FROM,
    Advanced,
    Watch,
    acknowledged,
    advance,
    begun,
    is_usable,
    preview,
)
from watchbill.anomalies.wording import told
from watchbill.configuration.service import ConfigurationService
from watchbill.identity.models import Organisation
from watchbill.platform import clock
from watchbill.platform.errors import BadRequest, Conflict, NotFound, Unprocessable, WatchbillError
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import Changed
from watchbill.registry.models import Agent
from watchbill.registry.service import RegistryService

ACTIVE = timedelta(days=7)
"""An agent is checked while it has worked in this time, and as long as an anomaly of it is open."""
MOST_CHANGES = 30
"""So many episodes are written together at most: each is three items, and a transaction holds a hundred."""


class _Surroundings(NamedTuple):
    """What the checks of several agents have in common."""

    layout: Layout
    organisation: Organisation


class AnomalyService:
    """One organisation's anomalies."""

    def __init__(
        self,
        store: AnomalyStore,
        rollups: RollupStore,
        registry: RegistryService,
        organisation: Callable[[], Organisation],
        configuration: ConfigurationService,
        cursors: Cursors,
    ) -> None:
        self._store = store
        self._rollups = rollups
        self._registry = registry
        self._organisation = organisation
        self._configuration = configuration
        self._cursors = cursors

    def asked(self, query: AnomalyQuery) -> list[Anomaly]:
        """What a request asks for. Raises BadRequest without a strand, NotFound for one that nobody knows."""
        if not query.strand_id:
            raise BadRequest("strandId is required")
        return self.of_agent(query.strand_id, query.span)

    def of_agent(self, strand: str, timeframe: timedelta) -> list[Anomaly]:
        """A strand's anomalies of the time up to now, newest first, at most MOST_LISTED. Raises NotFound.

        The hours that no check has judged yet are judged here, the running one included, and nothing is written.
        """
        agent, now = self._registry.agent(strand), clock.now()
        start = now - timeframe
        found = {one.id: one for one in self._store.of_agent(agent.id, start, now)}
        if self._configuration.effective(agent.id).enable_anomaly_detection:
            found |= {one.id: one for one in self._shown_now(agent, now) if one.touches(start, now)}
        return sorted(found.values(), key=_age, reverse=True)[:MOST_LISTED]

    def open_ones(self) -> list[Anomaly]:
        """The anomalies of all agents that were not over at the last check, newest first."""
        return self._store.open_ones()

    def between(self, start: datetime, end: datetime, agent_ids: Collection[str] | None = None) -> list[Anomaly]:
        """The stored anomalies of all or some agents that overlap a window, newest first, at most MOST_LISTED."""
        found = (one for one in self._store.between(start, end) if agent_ids is None or one.strand_id in agent_ids)
        return list(islice(found, MOST_LISTED))

    def listed(self, asked: AnomalyFilters) -> AnomalyList:
        """The anomalies of all agents that are asked for, newest first. Raises BadRequest, NotFound for an agent."""
        agent_id = self._registry.agent(asked.agent).id if asked.agent else None
        query = f"anomalies {asked.state} {asked.severity} {agent_id} {asked.timeframe}"
        at = self._cursors.open(asked.cursor, query).get("behind")
        found = (
            (one, {"behind": place_in_list(one)})
            for one in self._candidates(asked, tuple(at) if at else None)
            if asked.severity in (None, one.severity) and agent_id in (None, one.strand_id)
        )
        shown, more = first_page(found, asked.limit)
        return AnomalyList(items=tuple(shown), next_cursor=self._cursors.close(more, query))

    def anomaly(self, anomaly_id: str) -> Anomaly:
        """One anomaly, also one that no check has judged yet. Raises NotFound."""
        found = self._store.episode(anomaly_id) or self._seen_now(anomaly_id)
        if found is None:
            raise NotFound(f"there is no anomaly {anomaly_id!r}")
        return found

    def course(self, anomaly_id: str) -> Course:
        """An anomaly with its figure by the hour, and what was expected of that. Raises NotFound."""
        anomaly, surroundings = self.anomaly(anomaly_id), self._surroundings()
        shown = window_around(anomaly, clock.now())
        hours = self._hours(anomaly.strand_id, first_hour(shown), shown.end, surroundings.layout)
        return course_of(anomaly, hours, shown, self._terms(anomaly.strand_id, surroundings))

    def acknowledge(self, anomaly_id: str, key_id: str) -> Anomaly:
        """Say, with a key, that an anomaly is known; said again it stays as it is. What becomes of it does not change.

        Raises NotFound, Unprocessable for one that is over, Conflict for one that no check has judged yet.
        """
        place = place_of(anomaly_id)
        if place is None or not self._acknowledged(place[0], anomaly_id, Acknowledgement(clock.now(), key_id)):
            raise _unacknowledgeable(self.anomaly(anomaly_id))
        return self.anomaly(anomaly_id)

    def agents_to_check(self) -> list[str]:
        """The ids of the agents that have worked in the last week, or have an anomaly that is not over."""
        active_from = clock.to_text(clock.now() - ACTIVE)
        totals = self._rollups.totals(self._rollups.layout().current, Dimension.AGENT)
        active = {agent for agent, rollup in totals.items() if rollup.total.newest >= active_from}
        return sorted(active | {one.strand_id for one in self._store.open_ones()})

    def check(self, agent_id: str, until: datetime) -> None:
        """Judge an agent's whole hours before `until` that were not judged yet, and store what was found."""
        self.check_all([agent_id], until)

    def check_all(self, agent_ids: Sequence[str], until: datetime) -> None:
        """Check several agents, one after the other. A second check of the same hours changes nothing."""
        surroundings = self._surroundings()
        end = _hour_of(min(until, clock.now()))
        for agent_id in agent_ids:
            if self._configuration.effective(agent_id).enable_anomaly_detection:
                self._check(agent_id, end, surroundings)

    def _check(self, agent_id: str, until: datetime, surroundings: _Surroundings) -> None:
        terms = self._terms(agent_id, surroundings)
        remembered = self._store.watch(agent_id)
        while (advanced := self._advanced(agent_id, remembered, until, surroundings.layout, terms)) is not None:
            try:
                remembered = self._store.replace_watch(remembered, advanced.watch, self._told(agent_id, advanced))
            except Changed:
                # Another check of the agent was faster, or what was read was old: go on from what is there now.
                remembered = self._store.watch(agent_id, consistent=True)

    def _advanced(
        self, agent_id: str, remembered: Remembered, until: datetime, layout: Layout, terms: Terms
    ) -> Advanced | None:
        """The agent's watch some hours further, as many as can be written at once; None when there is none to judge."""
        if remembered.watch and remembered.watch.judged_until >= until:
            return None
        watch, found = self._watch(agent_id, remembered.watch, until, layout)
        if watch.judged_until >= until:
            return None
        advanced = advance(watch, found, until, terms)
        while len(advanced.changed) > MOST_CHANGES and until - watch.judged_until > HOUR:
            until = watch.judged_until + (until - watch.judged_until) // (2 * HOUR) * HOUR
            advanced = advance(watch, found, until, terms)
        return advanced

    def _watch(self, agent_id: str, watch: Watch | None, until: datetime, layout: Layout) -> tuple[Watch, Hours]:
        """The watch that is gone on with, or a new one, and the hours that this takes."""
        whole = _hour_of(until)
        if watch and is_usable(watch, whole):
            return watch, self._hours(agent_id, watch.judged_until - LATE, until, layout)
        found = self._hours(agent_id, whole - LEARNED_FROM, until, layout)
        return begun(agent_id, found, whole, watch), found

    def _hours(self, agent_id: str, first: datetime, until: datetime, layout: Layout) -> Hours:
        """An agent's hours with runs that begin before `until`, from one on."""
        span = clock.to_text(first)[:13], clock.to_text(until - timedelta(milliseconds=1))[:13]
        found = self._rollups.hours(layout, Dimension.AGENT, agent_id, *span)
        hours = {clock.from_text(f"{hour}:00:00.000Z"): works_of(rollup) for hour, rollup in found}
        return {hour: works for hour, works in hours.items() if works}

    def _shown_now(self, agent: Agent, now: datetime) -> list[Anomaly]:
        surroundings = self._surroundings()
        remembered = self._store.watch(agent.id)
        watch, found = self._watch(agent.id, remembered.watch, now, surroundings.layout)
        shown = preview(watch, found, now, self._terms(agent.id, surroundings))
        return [told(episode, agent.name) for episode in shown]

    def _told(self, agent_id: str, advanced: Advanced) -> list[Anomaly]:
        if not advanced.changed:
            return []
        agent = self._registry.agents_of({agent_id}).get(agent_id)
        return [told(episode, agent.name if agent else agent_id) for episode in advanced.changed]

    def _acknowledged(self, agent_id: str, anomaly_id: str, known: Acknowledgement) -> bool:
        """Whether an anomaly was open and is acknowledged now: noted where checks note what they find."""
        while True:
            remembered = self._store.watch(agent_id, consistent=True)
            advanced = acknowledged(remembered.watch, anomaly_id, known) if remembered.watch else None
            if advanced is None or not advanced.changed:
                return advanced is not None
            try:
                self._store.replace_watch(remembered, advanced.watch, self._told(agent_id, advanced))
            except Changed:
                continue  # a check was faster: what it left is acknowledged
            return True

    def _candidates(self, asked: AnomalyFilters, behind: Place | None) -> Iterator[Anomaly]:
        if asked.state == "all":
            return self._store.between(asked.start, clock.now(), behind)
        return (one for one in self._store.open_ones() if behind is None or place_in_list(one) < behind)

    def _seen_now(self, anomaly_id: str) -> Anomaly | None:
        """An anomaly of the hours that no check has judged yet."""
        place = place_of(anomaly_id)
        agent = self._registry.agents_of({place[0]}).get(place[0]) if place else None
        if agent is None or not self._configuration.effective(agent.id).enable_anomaly_detection:
            return None
        return next((one for one in self._shown_now(agent, clock.now()) if one.id == anomaly_id), None)

    def _surroundings(self) -> _Surroundings:
        return _Surroundings(self._rollups.layout(), self._organisation())

    def _terms(self, agent_id: str, surroundings: _Surroundings) -> Terms:
        thresholds = self._configuration.effective(agent_id).anomaly_thresholds
        return Terms(thresholds, surroundings.organisation.zone)


def _unacknowledgeable(anomaly: Anomaly) -> WatchbillError:
    if anomaly.resolved:
        return Unprocessable(f"anomaly {anomaly.id!r} is over: nobody need know of it any more")
    return Conflict("no check has judged the hours of this anomaly yet; that happens five minutes after each full hour")


def _hour_of(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)


def _age(anomaly: Anomaly) -> tuple[datetime, str]:
    return anomaly.window_start, anomaly.id
