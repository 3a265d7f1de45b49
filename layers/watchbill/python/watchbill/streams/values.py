"""The values that streams and items are made of: texts, figures and objects, each with its bounds."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, JsonValue, model_validator

from watchbill.platform.wire import Count, Label, Model, bounded

MOST_ITEMS = 5_000
"""Of a stream: its items are counted whenever they change."""
MOST_NEW = 100
"""Of a request."""
MOST_STAGES = 20
HIGHEST_POSITION = 10**9
BEST_QUALITY = 5

_MOST_METADATA, _MOST_ENRICHMENT = 16_000, 32_000


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise ValueError("each is named once")
    return names


def _rated(scores: dict[str, float]) -> dict[str, float]:
    if scores.get("quality", 0) > BEST_QUALITY:
        raise ValueError(f"the quality is at most {BEST_QUALITY}")
    return scores


Word = Annotated[Label, Field(max_length=50)]
"""The name of a stage, a kind, a score."""
Words = Annotated[tuple[Label, ...], Field(max_length=50), AfterValidator(_distinct)]
Stages = Annotated[tuple[Word, ...], Field(min_length=1, max_length=MOST_STAGES), AfterValidator(_distinct)]
Position = Annotated[int, Field(ge=0, le=HIGHEST_POSITION, strict=True)]
Quality = Annotated[float, Field(ge=0, le=BEST_QUALITY)]
"""From 0 to 5, as the scoring agent gives it."""
Metadata = Annotated[dict[str, JsonValue], AfterValidator(lambda value: bounded(_MOST_METADATA, value))]
Enrichment = Annotated[dict[str, JsonValue], AfterValidator(lambda value: bounded(_MOST_ENRICHMENT, value))]
Scores = Annotated[dict[Word, Annotated[float, Field(ge=0, le=1_000)]], Field(max_length=20), AfterValidator(_rated)]
"""By name; `quality` is the whole, from 0 to 5, the others are what it was made of."""


class Span(Model):
    """From `min` to `max`, both inclusive; an end that is absent is open."""

    min: Count | None = None
    max: Count | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is above max")
        return self


class GrowthSpan(Model):
    """Yearly growth in percent, from `min` to `max`, both inclusive; an end that is absent is open."""

    min: Annotated[float, Field(ge=-100, le=100_000)] | None = None
    max: Annotated[float, Field(ge=-100, le=100_000)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is above max")
        return self
