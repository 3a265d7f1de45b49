"""What a metric is listed and summed up by, when it is the same one again, and what its writes add and take away."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from watchbill.metrics.models import Book, CustomMetric, NewMetric, Step, Writing
from watchbill.metrics.values import Tally
from watchbill.metrics.views import MetricAggregate, aggregate
from watchbill.platform import clock, ids

EVERYTHING = "*"
"""The subject of all of an organisation's metrics."""


class Change(NamedTuple):
    """A write of a metric, as the stream tells of it."""

    sequence: int
    before: CustomMetric | None
    after: CustomMetric | None


class Said(NamedTuple):
    """What is said of a metric, and whether its time was named or is that of its arrival."""

    metric: CustomMetric
    timed: bool


def metric_id(client_id: int | str | None) -> str:
    """The id a metric is stored under: derived from the client's when there is one, else new."""
    return ids.new_id() if client_id is None else ids.derived_id("metric", str(client_id))


def subject(agent_id: str | None, campaign_id: str | None) -> str:
    """The list that holds the metrics of an agent, a campaign, an agent in a campaign, or all."""
    parts = [("agent", agent_id), ("campaign", campaign_id)]
    return " ".join(f"{kind}/{one}" for kind, one in parts if one is not None) or EVERYTHING


def subjects_of(metric: CustomMetric) -> set[str]:
    """What a metric is listed and summed up by: all, its agent, its campaign, and the two together."""
    agents, campaigns = (None, metric.agent_id), (None, metric.campaign_id)
    return {subject(agent, campaign) for agent in agents for campaign in campaigns}


def said(new: NewMetric, agent_id: str | None) -> Said:
    """A posted metric as it is kept, of the agent that it names."""
    now = clock.now()
    told = new.model_dump(exclude={"id", "timestamp", "agent_id"})
    at = new.timestamp or now
    metric = CustomMetric(
        **told, id=metric_id(new.id), client_id=new.id, agent_id=agent_id, timestamp=at, recorded_at=now
    )
    return Said(metric, new.timestamp is not None)


def writing(said: Said, there: Writing | None, retention: Callable[[str | None], timedelta]) -> Writing | None:
    """What is to be stored when this stands in its place already; None when nothing new is said.

    A copy that names no time was measured when the first was.
    """
    metric, timed = said
    if there is not None:
        metric = metric if timed else metric.model_copy(update={"timestamp": there.metric.timestamp})
        if metric.model_copy(update={"recorded_at": there.metric.recorded_at}) == there.metric:
            return None
    kept = max(metric.timestamp, metric.recorded_at) + retention(metric.agent_id)
    return Writing(metric, int(kept.timestamp()), there.revision if there else 0)


def steps_by_subject(changes: Sequence[Change]) -> dict[str, list[Step]]:
    """What writes of metrics take away and add, by what they are summed up by, in their order."""
    steps: dict[str, list[Step]] = defaultdict(list)
    for sequence, before, after in changes:
        for metric, added in ((before, False), (after, True)):
            if metric:
                for one in subjects_of(metric):
                    steps[one].append(Step(sequence, metric.series, metric.reading, added))
    return steps


def steps_by_day(steps: Iterable[Step]) -> dict[str, list[Step]]:
    """Steps by the day of their readings."""
    by_day: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        by_day[step.reading.at[:10]].append(step)
    return by_day


def aggregates(book: Book, tallies: Mapping[str, Tally], name: str | None = None) -> tuple[MetricAggregate, ...]:
    """Tallies as they are answered, by name, unit and dimension."""
    found = [(book.at(home), tally) for home, tally in tallies.items()]
    wanted = [(series, tally) for series, tally in found if name in (None, series.name)]
    return tuple(aggregate(*one) for one in sorted(wanted, key=lambda one: [part or "" for part in one[0]]))


def joined(several: Iterable[Mapping[str, Tally]]) -> dict[str, Tally]:
    """The tallies of several days as those of one."""
    whole: dict[str, Tally] = defaultdict(Tally)
    for tallies in several:
        for home, tally in tallies.items():
            whole[home].join(tally)
    return dict(whole)
