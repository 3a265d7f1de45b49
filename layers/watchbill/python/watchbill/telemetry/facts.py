"""What a span says, whichever convention its sender follows: the one form in which everything behind reads it.

`reading.py` makes it of a span's attributes. What is not said is None, and never zero.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from watchbill.telemetry.spans import Value


class Kind(StrEnum):
    """What happened during a span."""

    AGENT = "agent"
    WORKFLOW = "workflow"
    MODEL = "model"
    """A call of a model: chat, completion, embedding, image."""
    TOOL = "tool"
    OTHER = "other"

    @property
    def runs(self) -> bool:
        """Whether such a span is a run by itself."""
        return self in (Kind.AGENT, Kind.WORKFLOW)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as a span tells them. Cached and reasoning tokens are parts of the input and the output."""

    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    reasoning: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a span failed."""

    type: str = "error"
    message: str = ""


@dataclass(frozen=True, slots=True)
class SpanFacts:
    """What one span says."""

    kind: Kind = Kind.OTHER
    agent: str | None = None
    """The agent by the name, or else the id, that the span gives it."""
    service: str | None = None
    """The process it ran in: what names the agent when nothing else does."""
    version: str | None = None
    session: str | None = None
    user: str | None = None
    tool: str | None = None
    provider: str | None = None
    model: str | None = None
    usage: Usage = Usage()
    told_cost: Decimal | None = None
    """What the sender says that the call cost, in USD."""
    failure: Failure | None = None
    first_token_ms: int | None = None
    """From the beginning of the span to the first token of an answer."""
    input: Value = None
    output: Value = None
    request_model: str | None = None
    """The model that was asked; `model` is the one that answered, where that is said."""
    normalised: str | None = None
    """Why cached tokens were added to the input that the sender told, where they were."""
    finish_reasons: tuple[str, ...] = ()
    response_id: str | None = None
    """The answer as the model's provider calls it: of two spans that tell the same answer, one repeats the other."""
