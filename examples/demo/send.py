"""Writing the story to a deployment: agents, their versions, their runs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from examples.demo.cast import Agent
from examples.demo.story import Chapter
from watchbill_client import Conflict, NewRun, Rejected, Watchbill

# Half of what the API takes, so that the progress bar moves.
BATCH_SIZE = 500


@dataclass
class Sent:
    """What came of it."""

    versions: int = 0
    runs: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def send(watchbill: Watchbill, chapters: list[Chapter], advance: Callable[[Chapter, int], None]) -> Sent:
    """Write all chapters; `advance` hears how many more runs of which chapter have arrived."""
    sent = Sent()
    for chapter in chapters:
        announce(watchbill, chapter.agent, chapter.version)
        sent.versions += 1
        for batch in _batches(chapter.runs):
            answer = watchbill.runs.add_many(chapter.agent.name, chapter.version, batch)
            sent.runs += len(answer.accepted)
            sent.rejected += answer.rejected
            advance(chapter, len(batch))
    return sent


def announce(watchbill: Watchbill, agent: Agent, version: str) -> None:
    """See that the agent and its version are registered."""
    watchbill.agents.register(agent.name, agent.project, type=agent.type)
    try:
        watchbill.versions.add(
            agent.name,
            version,
            cluster=agent.cluster,
            deployment="prod",
            tools=agent.tools,
            models=[model.name for model in agent.models],
        )
    except Conflict:
        # An earlier writing of the story added it.
        return


def _batches(runs: tuple[NewRun, ...]) -> Iterator[tuple[NewRun, ...]]:
    remaining = iter(runs)
    while batch := tuple(islice(remaining, BATCH_SIZE)):
        yield batch
