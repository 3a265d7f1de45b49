"""A world for traces: requests with parts of them, the stream, its messages, people who rate runs, and deaths."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.support import traces
from tests.support.recounting import Figures, counted, recounted
from tests.support.telemetry_world import MemoryFiles
from tests.support.together import SharedTable, Together
from watchbill.platform import clock, keys
from watchbill.platform.errors import TooManyRequests
from watchbill.platform.queue import Later
from watchbill.runs import rules as runs
from watchbill.runs.models import Facts, Place, RunChange
from watchbill.runs.service import RunService
from watchbill.runs.store import RunStore
from watchbill.telemetry import settling
from watchbill.telemetry.content import ContentPolicy
from watchbill.telemetry.fold import Folded, fold
from watchbill.telemetry.following import messages_of
from watchbill.telemetry.intake import Intake
from watchbill.telemetry.lineage import united
from watchbill.telemetry.recording import Names
from watchbill.telemetry.records import Recorder
from watchbill.telemetry.spans import Span
from watchbill.telemetry.store import TraceStore, tell

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
_KEPT = timedelta(days=30)
_SAID: dict[str, dict[str, Any]] = {
    "agent": {"gen_ai.operation.name": "invoke_agent"},
    "model": {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "small",
        "gen_ai.usage.input_tokens": 1_000,
        "gen_ai.usage.output_tokens": 10,
    },
    "tool": {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"},
    "plain": {},
}


@dataclass(eq=False)
class Request:
    """Spans that somebody sends until they are taken, or until he gives up."""

    spans: list[Span]
    tries: int = 0
    taken: bool = False


class _Registrar:
    """Knows every agent by its name."""

    def place(self, names: Names) -> Place:
        return Place(names.agent, names.version)


class TraceWorld:
    """One organisation's telemetry and everything around it."""

    def __init__(self, seed: int, patience: int | None = None) -> None:
        self.random = Random(seed)
        self.patience = patience
        self.now = START
        self.together = Together(self.random)
        self.table = SharedTable(self.together)
        self.store = RunStore(self.table)
        self.traces = TraceStore(self.table, self.store, MemoryFiles())
        self.recorder = Recorder(_Registrar(), lambda _: _KEPT)  # type: ignore[arg-type]
        self.intake = Intake(self.traces, self.store, self.recorder, traces.price, ContentPolicy)
        self.requests = self._made_up()
        self.letters: list[tuple[datetime, dict[str, Any]]] = []
        self.rated: dict[str, float] = {}
        self._read = 0

    # What may happen.

    def send(self) -> bool:
        """Somebody sends a request that was not answered; whether anybody still has one."""
        waiting = [request for request in self.requests if not request.taken and self._is_sent(request)]
        if not waiting:
            return False
        request = self.random.choice(waiting)
        request.tries += 1

        def work() -> None:
            try:
                self.intake.take_in(request.spans)
            except TooManyRequests:
                return
            self.together.step()
            request.taken = True

        self.together.begin(work)
        return True

    def deliver(self) -> bool:
        """A message that is due is received; whether one was. It comes again unless its work is done."""
        due = [letter for letter in self.letters if letter[0] <= self.now]
        if not due:
            return False
        letter = self.random.choice(due)
        self.letters.remove(letter)
        self.letters.append(again := (self.now + timedelta(seconds=60), letter[1]))

        def work() -> None:
            try:
                self.intake.work(letter[1])
            except Later as later:
                self.letters.append((self.now + timedelta(seconds=later.seconds), letter[1]))
            except TooManyRequests:
                return
            if again in self.letters and not self._happens(0.1):
                self.letters.remove(again)

        self.together.begin(work)
        return True

    def read_stream(self) -> bool:
        """The stream's consumer sends the messages that some writes mean; whether there was something to read."""
        batch = self.table.stream[self._read :][: self.random.randint(1, 20)]
        self.letters += [(self.now, message) for record in batch for message in messages_of(record)]
        if not self._happens(0.1):
            self._read += len(batch)
        return bool(batch)

    def rate(self) -> bool:
        """Somebody rates a run."""
        known = [item[runs.RUN_ID] for _, item in self._items(keys.RUN)]
        if not known:
            return False
        run, rating = self.random.choice(known), self.random.randint(0, 50) / 10

        def work() -> None:
            change = RunChange(user_satisfaction=rating)
            with suppress(TooManyRequests):
                self.store.amend(run, lambda record: runs.amendment(record, change))
                self.rated[run] = rating

        if run not in self.rated:
            self.together.begin(work)
        return True

    def pass_time(self) -> bool:
        """Some of it."""
        self.now += timedelta(seconds=self.random.choice((0.05, 1, 20, 70, 130)))
        return True

    def live(self) -> None:
        """All that, in any order, until every request is answered or given up."""
        happens: list[Callable[[], bool]] = [self.send, self.deliver, self.read_stream, self.rate, self.pass_time]
        self.together.death, self.together.busy = 0.03, 0.02
        while any(self._is_sent(request) and not request.taken for request in self.requests) or self.together.at_work:
            self._in_turn(happens, (4, 6, 6, 1, 2))

    def settle(self) -> None:
        """Nobody dies any more; every message comes, and whoever is to be waited for is."""
        self.together.death = self.together.busy = 0
        while self._read < len(self.table.stream) or self.letters or self.together.at_work:
            if not (self.together.at_work or self.deliver() or self.read_stream()):
                self.now = max(self.now, min(at for at, _ in self.letters))
            while self.together.at_work:
                self._go_on()

    # What can be seen.

    def trace(self, trace_id: str) -> list[Span]:
        """The spans that a trace shows."""
        head = self.traces.heads([trace_id]).get(trace_id)
        return [told.span for told in united(tell(self.traces.spans(head.packs if head else (), [trace_id]))).values()]

    def told(self, trace_id: str) -> dict[str, Facts]:
        """The records that the spans of a trace come to when they are folded together."""
        trace = united(tell(self.trace(trace_id)))
        folded = fold(trace, traces.price) if trace else Folded((), {}, 0, ())
        return self.recorder.records(trace_id, settling.settled(folded, trace), {})

    def records(self) -> dict[str, Facts]:
        """Every run that is stored."""
        return self.store.runs(item[runs.RUN_ID] for _, item in self._items(keys.RUN))

    def listed(self, agent: str) -> list[str]:
        """The runs of an agent, as they are listed."""
        service = RunService(self.store, None, None, None)  # type: ignore[arg-type]
        return [record[runs.RUN_ID] for record, _ in service.records(service.lines(agent))]

    def figures(self) -> Figures:
        """What is counted of every write."""
        return counted(self.table.stream)

    def recomputed(self) -> Figures:
        """What is counted of the runs as they are."""
        return recounted(self.table.items)

    # How it happens.

    def _in_turn(self, happens: list[Callable[[], bool]], weights: tuple[int, ...]) -> None:
        if self.together.at_work and (self.together.at_work > 4 or self.random.random() < 0.85):
            self._go_on()
        else:
            self.random.choices(happens, weights)[0]()

    def _go_on(self) -> None:
        with clock.frozen_at(self.now):
            self.together.go_on()

    def _is_sent(self, request: Request) -> bool:
        return self.patience is None or request.tries < self.patience

    def _happens(self, probability: float) -> bool:
        return self.together.death > 0 and self.random.random() < probability

    def _items(self, entity: keys.Entity) -> list[tuple[keys.Key, dict[str, Any]]]:
        return [(key, item) for key, item in list(self.table.items.items()) if keys.parse(key)[0] is entity]

    def _made_up(self) -> list[Request]:
        """One or two traces, cut into requests, some of whose spans are sent twice."""
        requests = [Request([]) for _ in range(self.random.choice((1, 2, 2, 3, 3)))]
        for number in range(self.random.choice((1, 1, 2))):
            cuts = self.random.random() < 0.8
            whole = list(_a_trace(self.random, number))
            for span in whole:
                of = self.random.sample(requests, min(len(requests), 2 if self.random.random() < 0.15 else 1))
                for request in of if cuts else requests[:1]:
                    request.spans.append(span)
            if self.random.random() < 0.3:
                # Somebody did not hear that it was taken.
                requests.append(Request(whole))
        return [request for request in requests if request.spans]


def _a_trace(random: Random, number: int) -> Iterator[Span]:
    spans: list[Span] = []
    for place in range(random.randint(1, 7)):
        above = random.choice(spans) if spans else None
        kind = random.choice(("agent", "agent", "model", "model", "tool", "plain"))
        span = traces.told(f"{kind}{place}", start=place, end=100 - place).span
        said = _SAID[kind] | ({"gen_ai.agent.name": random.choice("abc")} if kind == "agent" else {})
        said |= {"session.id": f"s{number}"} if random.random() < 0.3 else {}
        parent = above.span_id if above else None
        spans.append(replace(span, trace_id=f"{number:032x}", parent_id=parent, attributes=said))
    lost = random.random() < 0.2
    yield from spans[1 if lost and len(spans) > 1 else 0 :]
