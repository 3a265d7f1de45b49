"""The watch over an agent: what is remembered of it from check to check, and how complete hours advance it. Pure.

Hours are judged once, in order. Those of the last three may still be corrected by runs that come late, but are not
judged again. Whatever division of the same hours into checks, the watch ends the same: everything that forgets or
rounds happens at hours which the watch itself determines.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from watchbill.anomalies import episodes
from watchbill.anomalies.episodes import Acknowledgement, Episode, Progress, Series
from watchbill.anomalies.figures import COARSE, HOUR, Hours, Works, folded
from watchbill.anomalies.judging import Judge, Judgements, Terms
from watchbill.anomalies.learners import Learners, busiest, learned_from
from watchbill.anomalies.models import Judgement, Window
from watchbill.anomalies.past import REACH, Past, SeriesName

LATE = timedelta(hours=3)
"""Runs that come so late still correct their hour's figures."""
FURTHEST = timedelta(days=7)
"""What is judged of the past at most; older hours only teach."""
LEARNED_FROM = FURTHEST + REACH
SETTLING, SETTLED_AT_ONCE = timedelta(hours=36), timedelta(hours=24)
"""When so many hours have been judged since the last settling, the oldest 24 of them are settled: rounded, and learned
by the detectors for good. The later ones are learned again with every check."""
RETIRED = "no run for four weeks: retired"
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Watch:
    """What is remembered of an agent.

    `hours` are those of the last 28 days with runs, from `since` on at the earliest; `learned` and `states` the task
    type that the detectors learn and what they were at `settled_until`; `open` the episodes that are not over.
    """

    agent_id: str
    since: datetime
    judged_until: datetime
    settled_until: datetime
    hours: Hours = field(default_factory=dict)
    learned: str = ""
    states: tuple[bytes, ...] = ()
    open: Mapping[SeriesName, Episode] = field(default_factory=dict)


class Advanced(NamedTuple):
    """A watch after some hours, and the episodes that changed in them, each as it is now."""

    watch: Watch
    changed: tuple[Episode, ...]


def forgotten(agent_id: str, judged_until: datetime, still_open: Mapping[SeriesName, Episode]) -> Watch:
    """A watch of which no more is known than how far it was judged and what was open then."""
    return Watch(agent_id, _LONG_AGO, judged_until, _LONG_AGO, open=still_open)


def is_usable(watch: Watch, until: datetime) -> bool:
    """Whether a watch can be gone on with: one that was left for too long cannot, nor one that is forgotten."""
    return until - watch.judged_until <= FURTHEST and watch.settled_until > _LONG_AGO


def begun(agent_id: str, found: Hours, until: datetime, before: Watch | None = None) -> Watch:
    """A new watch, in the place of the one before if there was one, whose last week has still to be judged.

    What was judged before is not judged again. `found` holds the hours of LEARNED_FROM before `until`.
    """
    complete = {hour: works for hour, works in found.items() if hour < until}
    judged_until = before.judged_until if before else _LONG_AGO
    since = min(complete, default=max(judged_until, until - FURTHEST) if before else until)
    start = min(until, max(since, judged_until, until - FURTHEST))
    earlier, later = _parted(with_room({}, complete), start)
    return Watch(agent_id, since, start, start, _rounded(earlier) | later, open=before.open if before else {})


def advance(watch: Watch, found: Hours, until: datetime, terms: Terms) -> Advanced:
    """Judge every whole hour before `until` that was not judged yet.

    `found` holds the hours since LATE before those; what it holds from `until` on is not looked at.
    """
    sitting = _Sitting(_corrected(watch, found, until), terms)
    sitting.judge_until(until)
    return Advanced(sitting.watch, tuple(sitting.changed.values()))


def preview(watch: Watch, found: Hours, now: datetime, terms: Terms) -> list[Episode]:
    """The open episodes, and those that would change if the hours up to now were judged, the running one included.

    Of the running hour only what is bad counts: it may still become worse, and what calms is known when it is over.
    """
    until = now.replace(minute=0, second=0, microsecond=0)
    sitting = _Sitting(_corrected(watch, found, until), terms)
    sitting.judge_until(until)
    if until in found and now > until:
        works = with_room(sitting.watch.hours, {until: found[until]})[until]
        sitting.glance(Window(until, now), works)
    known = {episode.identity: episode for episode in sitting.watch.open.values()}
    return list((known | sitting.changed).values())


def acknowledged(watch: Watch, identity: str, known: Acknowledgement) -> Advanced | None:
    """A watch with an open episode that somebody knows of; None when it has no such one. Who came first is kept."""
    name = next((series for series, episode in watch.open.items() if episode.identity == identity), None)
    if name is None:
        return None
    episode = watch.open[name]
    if episode.acknowledged:
        return Advanced(watch, ())
    changed = replace(episode, acknowledged=known)
    return Advanced(replace(watch, open={**watch.open, name: changed}), (changed,))


def _corrected(watch: Watch, found: Hours, until: datetime) -> Watch:
    """The watch with the hours that were found in the place of those it had."""
    first = watch.judged_until - LATE
    complete = {hour: works for hour, works in found.items() if first <= hour < until}
    kept, _ = _parted(watch.hours, first)
    return replace(watch, since=min((watch.since, *complete)), hours=with_room(kept, complete))


def with_room(known: Hours, found: Hours) -> Hours:
    """The hours that were found behind the known ones, each with the task types that there is room for."""
    hours, seen = dict(known), dict[str, datetime]()
    for hour, works in sorted(known.items()):
        seen |= dict.fromkeys(works, hour)
    for hour, works in sorted(found.items()):
        hours[hour] = folded(works, (name for name, last in seen.items() if last >= hour - REACH))
        seen |= dict.fromkeys(hours[hour], hour)
    return hours


def _parted(hours: Hours, at: datetime) -> tuple[Hours, Hours]:
    before = {hour: works for hour, works in hours.items() if hour < at}
    return before, {hour: works for hour, works in hours.items() if hour >= at}


def _rounded(hours: Hours) -> Hours:
    return {hour: {name: work.rounded(COARSE) for name, work in works.items()} for hour, works in hours.items()}


class _Sitting:
    """A watch while its hours are judged one after the other."""

    def __init__(self, watch: Watch, terms: Terms) -> None:
        self.watch = watch
        self.changed: dict[str, Episode] = {}
        self._terms = terms
        if not watch.states:
            self._learn(busiest(_parted(watch.hours, watch.settled_until)[0], ""))
        self._resume()

    def judge_until(self, until: datetime) -> None:
        while self.watch.judged_until < until:
            self._judge(self.watch.judged_until)

    def glance(self, window: Window, works: Works) -> None:
        """Take in what is bad of an hour that is not over."""
        self._past.add(window.start, works)
        judge = self._judge_of(window, works)
        found = [*judge.of_volume(), *judge.of_work(works)]
        self._take_in((series, judgement) for series, judgement in found if judgement.anomalous)

    def _judge(self, hour: datetime) -> None:
        window, works = Window(hour, hour + HOUR), self.watch.hours.get(hour, {})
        if works:
            self._past.add(hour, works)
        else:
            self._past.pass_to(window.end)
        judge = self._judge_of(window, works)
        self._take_in([*judge.of_volume(), *judge.of_work(works), *judge.of_silence()])
        if not any(figure.value for figure in self._past.counts(window.end)):
            self._take_in(self._retirement(window))
        self.watch = replace(self.watch, judged_until=window.end)
        if window.end - self.watch.settled_until >= SETTLING:
            self._settle(self.watch.settled_until + SETTLED_AT_ONCE)

    def _judge_of(self, window: Window, works: Works) -> Judge:
        opened = {series: episode.opened_at for series, episode in self.watch.open.items()}
        return Judge(self._past, window, opened, self._learners.judge(window.start, works), self._terms)

    def _take_in(self, found: Iterable[tuple[SeriesName, Judgement]]) -> None:
        progresses = dict(self.watch.open)
        for series, judgement in found:
            kind, task_type = series
            episode = progresses.pop(series, None)
            before = Progress(Series(self.watch.agent_id, kind, task_type), episode, self.watch.judged_until)
            after, change = episodes.advance(before, judgement)
            if change:
                self.changed[change.episode.identity] = change.episode
            if after.open:
                progresses[series] = after.open
        self.watch = replace(self.watch, open=progresses)

    def _retirement(self, window: Window) -> Judgements:
        for kind, task_type in list(self.watch.open):
            yield (kind, task_type), Judgement(kind, window, None, RETIRED)

    def _settle(self, until: datetime) -> None:
        """Let the hours before `until` say only what is usual, and forget what is out of reach."""
        before, after = _parted(self.watch.hours, until)
        within = {hour: works for hour, works in before.items() if hour >= until - REACH}
        learners = Learners(self.watch.learned, self.watch.states)
        for hour in sorted(_parted(within, self.watch.settled_until)[1]):
            learners.judge(hour, within[hour])
        settled = _rounded(within)
        self.watch = replace(self.watch, settled_until=until, hours=settled | after, states=learners.settled())
        wanted = busiest(settled, self.watch.learned)
        if wanted != self.watch.learned:
            self._learn(wanted)
        self._resume()

    def _learn(self, task_type: str) -> None:
        """Have the detectors learn a task type from all its settled hours."""
        settled, _ = _parted(self.watch.hours, self.watch.settled_until)
        self.watch = replace(self.watch, learned=task_type, states=learned_from(task_type, settled).settled())

    def _resume(self) -> None:
        """Go on from the settled states over the hours that have been judged since."""
        watch = self.watch
        judged, _ = _parted(watch.hours, watch.judged_until)
        self._past = Past(max(watch.since, watch.settled_until - REACH), judged)
        self._past.pass_to(watch.judged_until)
        self._learners = Learners(watch.learned, watch.states)
        for hour in sorted(_parted(judged, watch.settled_until)[1]):
            self._learners.judge(hour, judged[hour])
