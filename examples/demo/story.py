"""What happened: every run of the demo, as a pure function of the seed and the calendar; nothing is sent here.

Each run follows from (seed, day, agent, number) alone. So writing the story again, later the same day or weeks after,
with more runs or fewer, meets the same runs under the same ids: nothing doubles, runs that were under way have
completed, and only what happened since is new. What depends on the calendar (versions, the slow day, the costly one)
recurs, so that any 30 days have their share of it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from examples.demo.cast import AGENTS, CLAUDE_OPUS, PEOPLE, Agent, Model
from watchbill_client import NewRun, RunError, Tokens

DEFAULT_SEED = 7
DEFAULT_DAYS = 30
DEFAULT_RUNS = 12_000

# Every cycle of this many days has one day on which the reviewer is slow, and one on which somebody switched the
# triage to the most expensive model.
CYCLE_DAYS = 30
SLOW_DAY = 11
SLOW_AGENT = "code-reviewer"
SLOWER_BY = 4
COSTLY_DAY = 19
COSTLY_AGENT = "support-triage"
COSTLY_MODEL = CLAUDE_OPUS

_FIRST_RELEASE = date(2025, 1, 1).toordinal()
_WEEK = (1.05, 1.15, 1.10, 1.05, 0.85, 0.22, 0.18)  # Monday first
# How much of the office's day falls into each UTC hour.
_OFFICE_HOURS = (1, 1, 1, 1, 2, 4, 10, 24, 44, 56, 58, 50, 36, 46, 56, 54, 46, 30, 16, 9, 6, 4, 2, 1)
_DAY_MS = 24 * 3_600_000
_GOLDEN = (math.sqrt(5) - 1) / 2
_SHIFT = math.sqrt(2)
_CANCELLED = 0.01
_SPREAD = 0.45


@dataclass(frozen=True)
class Chapter:
    """The runs of one version of one agent, the oldest first."""

    agent: Agent
    version: str
    runs: tuple[NewRun, ...]


@dataclass(frozen=True)
class Story:
    """The last `days` days up to `now` (timezone-aware; today is one of them), with about `runs` runs."""

    now: datetime
    seed: int = DEFAULT_SEED
    days: int = DEFAULT_DAYS
    runs: int = DEFAULT_RUNS

    def dates(self) -> tuple[date, ...]:
        """The days told of, in UTC, the oldest first."""
        today = self.now.astimezone(UTC).date()
        return tuple(today - timedelta(days=back) for back in reversed(range(self.days)))

    def chapters(self) -> Iterator[Chapter]:
        """Every version that was in service, agent by agent, the oldest version first."""
        for agent in AGENTS:
            by_version: dict[str, list[NewRun]] = {}
            for day in self.dates():
                by_version.setdefault(version_on(agent, day), []).extend(self._day(agent, day))
            for version, runs in by_version.items():
                yield Chapter(agent, version, tuple(sorted(runs, key=lambda run: run.created)))

    def _day(self, agent: Agent, day: date) -> Iterator[NewRun]:
        for number in range(runs_on(agent, day, self.seed, self.runs / self.days)):
            created = _created(agent, day, number, self.seed)
            if created <= self.now:
                yield _run(agent, day, number, self.seed, created, self.now)


def version_on(agent: Agent, day: date) -> str:
    """The agent's version in service on a day."""
    releases = agent.releases
    if releases.period_days is None:
        return f"{releases.major}.0.0"
    minor = max(0, day.toordinal() - _FIRST_RELEASE + releases.offset_days) // releases.period_days
    return f"{releases.major}.{minor}.0"


def runs_on(agent: Agent, day: date, seed: int, runs_a_day: float) -> int:
    """How often the agent runs on a day: its share, the weekday, some chance. More in all is never fewer here."""
    weekday = _WEEK[day.weekday()] * 7 / sum(_WEEK) if agent.rhythm == "office" else 1.0
    chance = Random(f"{seed}/{day}/{agent.name}").uniform(0.9, 1.1)
    return round(runs_a_day * agent.share * weekday * chance)


def is_slow_day(agent: Agent, day: date) -> bool:
    """Whether this is the day on which this agent takes several times as long."""
    return agent.name == SLOW_AGENT and day.toordinal() % CYCLE_DAYS == SLOW_DAY


def is_costly_day(agent: Agent, day: date) -> bool:
    """Whether this is the day on which this agent calls the wrong model."""
    return agent.name == COSTLY_AGENT and day.toordinal() % CYCLE_DAYS == COSTLY_DAY


def _created(agent: Agent, day: date, number: int, seed: int) -> datetime:
    midnight = datetime.combine(day, time(), UTC)
    if agent.rhythm == "clock":
        # Multiples of the golden ratio spread evenly over the day however many of them there are. The day's own shift
        # keeps them from falling into the same hours every day.
        return midnight + timedelta(milliseconds=int((number * _GOLDEN + day.toordinal() * _SHIFT) % 1 * _DAY_MS))
    chance = Random(f"{seed}/{day}/{agent.name}/{number}/created")
    hour = chance.choices(range(24), weights=_OFFICE_HOURS)[0]
    return midnight + timedelta(hours=hour, milliseconds=chance.randrange(3_600_000))


def _run(agent: Agent, day: date, number: int, seed: int, created: datetime, now: datetime) -> NewRun:
    chance = Random(f"{seed}/{day}/{agent.name}/{number}")
    facts = _origin(agent, day, chance) | {
        "id": f"demo-{seed}-{day:%Y%m%d}-{number:05d}",
        "created": created,
        "started_at": created,
        "tools": tuple(chance.sample(agent.tools, chance.randint(1, len(agent.tools)))),
    }
    model = COSTLY_MODEL if is_costly_day(agent, day) else _model(agent, chance)
    status = _status(agent, chance)
    duration_ms = _duration(agent, status, SLOWER_BY if is_slow_day(agent, day) else 1, chance)
    outcome = _outcome(agent, status, model, duration_ms, chance)
    completed_at = created + timedelta(milliseconds=duration_ms)
    if completed_at > now:
        return NewRun(status="running", models=(model.name,), **facts)
    return NewRun(status=status, models=(model.name,), completed_at=completed_at, **facts, **outcome)


def _origin(agent: Agent, day: date, chance: Random) -> dict[str, Any]:
    person = chance.choices(tuple(PEOPLE), weights=tuple(PEOPLE.values()))[0] if agent.rhythm == "office" else "system"
    origin = {
        "initiator": person,
        "user_id": person,
        "trigger": agent.trigger,
        "task_type": chance.choice(agent.task_types),
        "task_id": chance.randrange(10_000, 99_999),
    }
    return origin | {"session_id": f"{person}-{day:%m%d}-{chance.randrange(4)}"} if agent.trigger == "chat" else origin


def _model(agent: Agent, chance: Random) -> Model:
    """The first model most of the time, the others now and then."""
    return agent.models[0] if chance.random() < 0.8 else agent.models[-1]


def _status(agent: Agent, chance: Random) -> str:
    words = ("failed", "timeout", "cancelled", "completed")
    rates = (agent.failure_rate, agent.failure_rate / 4, _CANCELLED)
    return chance.choices(words, weights=(*rates, 1 - sum(rates)))[0]


def _duration(agent: Agent, status: str, slower_by: int, chance: Random) -> int:
    drawn = agent.typical_ms * slower_by * chance.lognormvariate(0, _SPREAD)
    if status == "timeout":
        return agent.timeout_ms
    if status != "completed":
        drawn *= chance.uniform(0.1, 0.9)
    return min(int(drawn), agent.timeout_ms - 1)


def _outcome(agent: Agent, status: str, model: Model, duration_ms: int, chance: Random) -> dict[str, Any]:
    finished = 1.0 if status == "completed" else chance.uniform(0.1, 0.8)
    tokens = Tokens(
        input=int(agent.input_tokens * chance.lognormvariate(0, _SPREAD)),
        output=int(agent.output_tokens * finished * chance.lognormvariate(0, _SPREAD)),
    )
    outcome = {
        "duration_ms": duration_ms,
        "tokens": tokens,
        "cost": model.cost(tokens.input or 0, tokens.output or 0),
    }
    if status == "completed":
        return outcome | _success(agent, chance)
    return outcome | {"error": _error(agent, status, chance)}


def _success(agent: Agent, chance: Random) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if chance.random() < agent.judged:
        facts["quality_score"] = round(min(100.0, max(0.0, chance.gauss(84, 8))), 1)
    if chance.random() < agent.rated:
        facts["user_satisfaction"] = chance.choices((1, 2, 3, 4, 5), weights=(1, 2, 6, 14, 12))[0]
    if agent.counts:
        facts[agent.counts] = chance.randint(agent.produces // 3, agent.produces)
    return facts


def _error(agent: Agent, status: str, chance: Random) -> RunError | None:
    if status == "cancelled":
        return None
    if status == "timeout":
        return RunError(type="Timeout", message=f"no result within {agent.timeout_ms // 1_000} s")
    kind, message = chance.choice(agent.errors)
    return RunError(type=kind, message=message)
