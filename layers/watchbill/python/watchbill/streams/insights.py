"""What is worth knowing of a stream as it stands. Pure: the same state gives the same insights, under the same ids.

An insight is told once in a stream's life; one about a goal once for each such goal: who moves a deadline wants to know
again whether it will be met.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from watchbill.platform import clock, ids
from watchbill.streams.models import AgentFacts, GoalStatus, Stream
from watchbill.streams.progress import Counts, Standing, expected_percentage, goal_stages
from watchbill.streams.views import Concern, InsightKind, StreamInsight

MILESTONES = (25, 50, 75, 100)
ENOUGH_SCORED = 5
ENOUGH_EXECUTIONS = 5
UNRELIABLE, FAILING = 0.8, 0.5
"""Success rates below which an agent is unreliable, and mostly fails."""
ENOUGH_ITEMS = 10
CROWDED = 70
"""Percent of the items above which one stage holds too many."""
ROLES = {
    "enrichment": "items are judged by what is known of them; without enrichment that is little",
    "scoring": "items keep the order they were found in; nothing says which to take first",
}


@dataclass(frozen=True, slots=True)
class State:
    """A stream as it stands: what insights follow from."""

    stream: Stream
    counts: Counts
    standing: Standing
    agents: Sequence[AgentFacts]
    now: datetime

    @property
    def paused(self) -> bool:
        """Whether nobody wants to be told of the pace."""
        return self.stream.goal_status is GoalStatus.PAUSED


class _Found(NamedTuple):
    """An insight before it has an id. `goal` tells apart what is told once for each goal."""

    kind: InsightKind
    subject: str
    severity: Concern
    title: str
    message: str
    action: str
    goal: str = ""


def insights(state: State) -> list[StreamInsight]:
    """Everything worth knowing."""
    rules = (_milestones, _pace, _quality, _reliability, _missing_roles, _crowded)
    return [_insight(state, found) for rule in rules for found in rule(state)]


def untold(found: Iterable[StreamInsight], told: Iterable[StreamInsight]) -> list[StreamInsight]:
    """Those of the insights that have not been told."""
    known = {insight.id for insight in told}
    return [insight for insight in found if insight.id not in known]


def _insight(state: State, found: _Found) -> StreamInsight:
    return StreamInsight(
        id=ids.derived_id("insight", state.stream.id, found.kind, found.subject, found.goal),
        stream_id=state.stream.id,
        kind=found.kind,
        subject=found.subject,
        severity=found.severity,
        title=found.title,
        message=found.message,
        suggested_action=found.action,
        created_at=state.now,
    )


def _milestones(state: State) -> Iterator[_Found]:
    """Of a target only: without one, every item that is added would move what is reached."""
    target = state.stream.target_metrics.companies_to_find
    for percent in MILESTONES if target else ():
        if state.standing.reaches(percent):
            yield _Found(
                InsightKind.PROGRESS,
                str(percent),
                Concern.INFO,
                "Goal reached" if percent == 100 else f"{percent}% of the goal reached",
                f"{state.standing.completed} of {target} items are completed",
                "Close the stream, or set a new target" if percent == 100 else "Nothing to do",
                goal=str(target) if percent == 100 else "",
            )


def _pace(state: State) -> Iterator[_Found]:
    deadline, status = state.stream.goal_deadline, state.standing.status
    if deadline is None or state.paused or status not in (GoalStatus.AT_RISK, GoalStatus.FAILED):
        return
    missed = status is GoalStatus.FAILED
    done = f"{state.standing.completed} of {state.standing.total} items are completed"
    wanted = f"an even pace would have reached {expected_percentage(state.stream, state.now)}%"
    yield _Found(
        InsightKind.PACE,
        status.value,
        Concern.CRITICAL if missed else Concern.WARNING,
        "Deadline missed" if missed else "Behind the pace for the deadline",
        f"{done}, and the deadline has passed" if missed else f"{done}; {wanted}",
        "Move the deadline, or lower the target" if missed else "Run the agents more often, or widen the criteria",
        goal=clock.to_text(deadline),
    )


def _quality(state: State) -> Iterator[_Found]:
    wanted, average = state.stream.target_metrics.min_quality_score, state.counts.average_quality
    if wanted is None or average is None or state.counts.scored < ENOUGH_SCORED or average >= wanted:
        return
    yield _Found(
        InsightKind.QUALITY,
        "average_quality",
        Concern.WARNING,
        "Quality below the target",
        f"the {state.counts.scored} scored items have an average quality of {average:.2f}; {wanted:g} is wanted",
        "Narrow the criteria, or enrich the items before they are scored",
        goal=f"{wanted:g}",
    )


def _reliability(state: State) -> Iterator[_Found]:
    for agent in state.agents:
        if agent.total < ENOUGH_EXECUTIONS or (rate := agent.successful / agent.total) >= UNRELIABLE:
            continue
        yield _Found(
            InsightKind.RELIABILITY,
            agent.agent_id,
            Concern.CRITICAL if rate < FAILING else Concern.WARNING,
            f"{agent.name} is unreliable",
            f"{agent.successful} of {agent.total} executions of {agent.name!r} succeeded ({rate:.0%})",
            "Look at its failed executions, and at how it is configured",
        )


def _missing_roles(state: State) -> Iterator[_Found]:
    there = {agent.role for agent in state.agents}
    for role, why in ROLES.items() if state.counts.items else ():
        if role not in there:
            yield _Found(
                InsightKind.MISSING_ROLE,
                role,
                Concern.INFO,
                f"No {role} agent",
                f"the stream has {state.counts.items} items and no {role} agent: {why}",
                f"Assign an agent with the role {role!r}",
            )


def _crowded(state: State) -> Iterator[_Found]:
    reached, items = goal_stages(state.stream.stages), state.counts.items
    for stage, count in state.counts.by_stage.items():
        if items >= ENOUGH_ITEMS and stage not in reached and count * 100 > CROWDED * items:
            yield _Found(
                InsightKind.BOTTLENECK,
                stage,
                Concern.WARNING,
                f"Most items wait in {stage}",
                f"{count} of {items} items are in the stage {stage!r} ({count / items:.0%})",
                "Move on what is ready, or assign an agent that does",
            )
