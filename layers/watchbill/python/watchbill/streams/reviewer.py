"""Reviews of streams: how far one is, written down, and what is worth knowing of it, told once.

A review reads everything anew and writes over what it read: of two at once the later one sees what the other wrote, and
one that comes twice or late finds things as they are. What a removed stream has left behind is cleared away.
"""

from collections.abc import Callable, Sequence

from watchbill.platform import clock, queue
from watchbill.platform.errors import NotFound
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.queue import Queue, Send
from watchbill.platform.table import Changed
from watchbill.streams import progress
from watchbill.streams.insights import State, insights, untold
from watchbill.streams.models import AgentFacts, GoalStatus
from watchbill.streams.progress import Reviewed
from watchbill.streams.store import StreamStore
from watchbill.streams.views import StreamInsight, StreamInsightList, StreamProgress

AgentsOf = Callable[[str], Sequence[AgentFacts]]
"""The agents that are assigned to a stream."""

CLEARED_AT_ONCE = 500
"""Items of a removed stream that one message clears away."""
MOST_INSIGHTS = 500
"""Of a stream: so often its goals may be changed and judged anew."""


class StreamReviewer:
    """Reviews an organisation's streams."""

    def __init__(
        self, organisation: str, store: StreamStore, agents: AgentsOf, cursors: Cursors, send: Send = queue.send
    ) -> None:
        self._organisation = organisation
        self._store = store
        self._agents = agents
        self._cursors = cursors
        self._send = send

    def look_after(self, stream_id: str) -> None:
        """Review a stream, or clear away what a removed one has left, some at a time."""
        if self._store.stream(stream_id) is None:
            if self._store.clear(stream_id, CLEARED_AT_ONCE):
                self._send(Queue.STREAMS, [{"organisation": self._organisation, "stream": stream_id}])
            return
        try:
            self.progress(stream_id)
        except NotFound:
            # Removed meanwhile, which has a message of its own.
            return

    def progress(self, stream_id: str) -> StreamProgress:
        """How far a stream is at this moment. Raises NotFound."""
        while True:
            state, before = self._state(stream_id)
            try:
                reviewed = self._store.review(stream_id, before, state.standing, state.now)
                self._tell(state)
            except Changed:
                continue
            return _shown(state, reviewed)

    def insights(self, stream_id: str, limit: int, cursor: str | None) -> StreamInsightList:
        """What is worth knowing of a stream, newest first, as of this moment. Raises NotFound, BadRequest."""
        name = f"insights {stream_id}"
        behind = self._cursors.open(cursor, name)
        if not behind:
            self.progress(stream_id)
        told = sorted(self._store.insights(stream_id), key=_place, reverse=True)
        listed = ((one, {"place": _place(one)}) for one in told if not behind or _place(one) < behind["place"])
        shown, more = first_page(listed, limit)
        return StreamInsightList(items=tuple(shown), next_cursor=self._cursors.close(more, name))

    def _state(self, stream_id: str) -> tuple[State, Reviewed]:
        # What was written of the last review is read first: what is written over it has seen all that it had seen.
        before = self._store.reviewed(stream_id)
        stream = self._store.stream(stream_id)
        if stream is None:
            raise NotFound(f"there is no stream {stream_id!r}")
        now, counts = clock.now(), progress.counted(stream, self._store.places(stream_id))
        standing = progress.standing(stream, counts, now)
        return State(stream, counts, standing, self._agents(stream_id), now), before

    def _tell(self, state: State) -> None:
        told = self._store.insights(state.stream.id)
        self._store.tell(state.stream.id, untold(insights(state), told)[: MOST_INSIGHTS - len(told)])


def _shown(state: State, reviewed: Reviewed) -> StreamProgress:
    stream, counts, standing = state.stream, state.counts, state.standing
    average = counts.average_quality
    return StreamProgress(
        stream_id=stream.id,
        goal_status=GoalStatus.PAUSED if state.paused else standing.status,
        current_progress=standing.shown(reviewed.at),
        goal_deadline=stream.goal_deadline,
        expected_percentage=progress.expected_percentage(stream, state.now),
        items=counts.items,
        cancelled=counts.cancelled,
        by_stage=dict(counts.by_stage),
        by_priority=dict(counts.by_priority),
        scored=counts.scored,
        average_quality=None if average is None else round(average, 2),
    )


def _place(insight: StreamInsight) -> list[str]:
    """Where an insight stands in their list, as JSON has it."""
    return [clock.to_text(insight.created_at), insight.id]
