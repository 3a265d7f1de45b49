"""What is known of models whose price is not, and of pricing runs anew, as it is kept and answered."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from watchbill.platform.wire import Model, Moment


class UnknownModel(Model):
    """A model that was called and whose price nobody knows: `runs` of them, or `more`, from the first to the last."""

    model: str
    first_seen: Moment
    last_seen: Moment
    runs: int
    more: bool = False


class UnknownModels(Model):
    """A page of such models, by name."""

    items: tuple[UnknownModel, ...]
    next_cursor: str | None = None


class RepricingState(StrEnum):
    """Where a repricing is."""

    RUNNING = "running"
    COMPLETED = "completed"


class Repricing(Model):
    """Runs of unknown models, priced anew: how many were looked at, and how many of them are still not known."""

    id: str
    state: RepricingState = RepricingState.RUNNING
    runs: Annotated[int, Field(ge=0)] = 0
    unknown: Annotated[int, Field(ge=0)] = 0
    started_at: Moment
    updated_at: Moment
    completed_at: Moment | None = None
