"""Agents' hours with known faults in them, always the same for a seed: what `injected_faults` measures detectors on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import exp, pi, sin, sqrt
from random import Random
from typing import NamedTuple

DAY, WEEK = 24, 168
LEARNED, JUDGED = 4 * WEEK, 2 * WEEK
"""Hours that only teach, and hours that are judged after them."""
METRICS = ("latency", "cost", "errors", "quality", "runs", "tokens")
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)


class Hour(NamedTuple):
    """An agent's hour: finished and failed runs, mean duration (ms), cost (USD), quality (0 to 100), tokens so far."""

    start: datetime
    runs: int
    failed: int
    latency: float
    cost: float
    quality: float
    tokens: float


class Fault(NamedTuple):
    """What was done to a metric from one hour (an index) up to another."""

    metric: str
    start: int
    end: int


class Agent(NamedTuple):
    """An agent, the kind of its series, its hours, and the fault in them if there is one."""

    kind: str
    hours: tuple[Hour, ...]
    fault: Fault | None


class Habit(NamedTuple):
    """How an agent works: runs an hour when busy and when not, and how much slower the busy hours are."""

    busy: float
    quiet: float
    slowdown: float
    latency: float
    cost: float
    failing: float


FAULTS: dict[str, tuple[str, Callable[[Random], int]]] = {
    "cost spike": ("cost", lambda draw: draw.randint(2, 4)),
    "latency level shift": ("latency", lambda draw: draw.randint(36, 96)),
    "slow drift": ("latency", lambda draw: draw.randint(96, 144)),
    "error burst": ("errors", lambda draw: draw.randint(3, 8)),
    "quality drop": ("quality", lambda draw: draw.randint(6, 24)),
    "silence": ("runs", lambda draw: draw.randint(24, 60)),
}
"""The faults by kind: the metric, and how many hours one lasts."""
HEALTHY = ("weekly season", "sparse agent", "counter reset")
"""Kinds without a fault: whatever is found in them is a false alarm."""


def agents(seed: int, per_kind: int) -> list[Agent]:
    """So many agents of every kind."""
    return [_agent(kind, Random(f"{seed} {kind} {n}")) for kind in (*FAULTS, *HEALTHY) for n in range(per_kind)]


def _agent(kind: str, draw: Random) -> Agent:
    habit, fault = _habit(kind, draw), _fault(kind, draw)
    strength, hours, tokens = draw.uniform(2.6, 5), list[Hour](), 0.0
    reset = draw.randrange(LEARNED, LEARNED + JUDGED) if kind == "counter reset" else -1
    for index in range(LEARNED + JUDGED):
        hour = _hour(index, habit, fault, strength, draw)
        tokens = 0.0 if index == reset else tokens + hour.runs * draw.uniform(800, 1200)
        hours.append(hour._replace(tokens=tokens))
    return Agent(kind, tuple(hours), fault)


def _habit(kind: str, draw: Random) -> Habit:
    busy, quiet, slowdown = draw.uniform(6, 25), draw.uniform(1, 5), draw.uniform(1, 1.4)
    if kind == "weekly season":
        busy, quiet, slowdown = draw.uniform(15, 40), draw.uniform(0.5, 2), draw.uniform(2, 3)
    if kind == "sparse agent":
        busy, quiet, slowdown = draw.uniform(0.2, 0.6), 0.03, 1.0
    return Habit(busy, quiet, slowdown, exp(draw.uniform(6, 9)), exp(draw.uniform(-6, -2)), draw.uniform(0, 0.05))


def _fault(kind: str, draw: Random) -> Fault | None:
    if kind not in FAULTS:
        return None
    metric, lasts = FAULTS[kind]
    # It begins when the agent is at work: on a working day, in the morning.
    day = LEARNED // DAY + draw.choice([0, 1, 2, 3, 4, 7, 8])
    start = day * DAY + draw.randint(9, 13)
    return Fault(metric, start, start + lasts(draw))


def _hour(index: int, habit: Habit, fault: Fault | None, strength: float, draw: Random) -> Hour:
    at_work = max(0.0, sin((index % DAY - 6) / 12 * pi)) if index // DAY % 7 < 5 else 0.0
    inside = fault is not None and fault.start <= index < fault.end
    metric = fault.metric if fault and inside else ""
    share = (index - fault.start + 1) / (fault.end - fault.start) if fault else 0.0
    runs = 0 if metric == "runs" else _poisson(habit.quiet + (habit.busy - habit.quiet) * at_work, draw)
    scatter = 1 / sqrt(max(1, runs))
    latency = habit.latency * (1 + (habit.slowdown - 1) * at_work) * _mean(0.45, runs, draw)
    if fault and metric == "latency":
        latency *= 1 + (strength - 1) * (share if fault.end - fault.start >= 4 * DAY + 1 else 1)
    failing = min(0.9, 0.2 * strength) if metric == "errors" else habit.failing
    failed = sum(draw.random() < failing for _ in range(runs))
    quality = 86 - (10 * strength if metric == "quality" else 0) + draw.gauss(0, 7) * scatter
    cost = habit.cost * _mean(0.35, runs, draw) * (strength if metric == "cost" else 1)
    return Hour(BEGIN + timedelta(hours=index), runs, failed, latency, cost, max(0.0, min(100.0, quality)), 0.0)


def _mean(sigma: float, runs: int, draw: Random) -> float:
    """The mean of as many log-normal figures around 1."""
    return sum(draw.lognormvariate(-sigma * sigma / 2, sigma) for _ in range(runs)) / runs if runs else 1.0


def _poisson(expected: float, draw: Random) -> int:
    limit, count, product = exp(-expected), 0, draw.random()
    while product > limit:
        count, product = count + 1, product * draw.random()
    return count
