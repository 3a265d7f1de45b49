"""What a scrape is made from: an organisation's figures at one instant."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from watchbill.analytics.models import Cell
from watchbill.anomalies.models import Severity
from watchbill.execution.models import TaskStatus
from watchbill.registry.models import Agent


@dataclass(frozen=True, slots=True)
class AgentState:
    """An agent: all of its time by version, its last day, and how many anomalies are open by severity.

    `versions` are those that worked last, `left_out` says how many others there are; `ever` is of all of them.
    """

    agent: Agent
    ever: Cell
    versions: Mapping[str, Cell]
    left_out: int = 0
    day: Cell = field(default_factory=Cell)
    open: Mapping[Severity, int] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class TaskState:
    """The tasks by status, how many may be in flight, and whether new ones are started."""

    by_status: Mapping[TaskStatus, int]
    slots: int
    stopped: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An organisation: the agents that worked last, and of all of them, also those left out, the sums."""

    agents: tuple[AgentState, ...]
    left_out: int
    active: int
    ever: Cell
    day: Cell
    open: Mapping[Severity, int]
    tasks: TaskState
    build: str


@dataclass(frozen=True, slots=True)
class Exposition:
    """A snapshot as it is answered."""

    content_type: str
    text: str
