"""One piece of work as a record the API takes: checked, given an id of its own, written as JSON; nothing is sent here.

A run that happened is worth more than any one of its figures: a metric that cannot be used is left out, which means
not known, and the record goes without it. Only a record that says not whose work it was, or not how it ended, is none.
"""

import math
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from watchbill_client.models import Money, UtcDatetime

MOST_BYTES = 16_384
"""The largest record. An ordinary one has 300 bytes."""

SYSTEM = "system"
"""Whose work it is when nobody asked for it."""


def _whole(value: object) -> object:
    return round(value) if isinstance(value, float) and math.isfinite(value) else value


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return uuid.uuid4().hex


def _text(value: object) -> str:
    text = "" if value is None else str(value)
    if not text:
        raise ValueError("is missing")
    return text


def _yes_or_no(value: float) -> float:
    if value not in (0, 1):
        raise ValueError("is 1 for a success and 0 for a failure")
    return value


# The service's limits: beyond them it would refuse the record, here only the metric is left out.
Milliseconds = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=366 * 24 * 3_600_000)]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=10**15)]
Cost = Annotated[Money, Field(ge=0, le=10**9)]
Name = Annotated[str, BeforeValidator(_text)]


class Metrics(BaseModel):
    """What is known of one piece of work. Names in camelCase or snake_case, from a mapping or an object's attributes.

    `execution_time` is milliseconds, `cost` USD, `success_rate` 1 or 0, `user_satisfaction` 1 to 5 (0: not rated),
    `quality_score` 0 to 100, `timestamp` when the work ended, now unless given.
    """

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, from_attributes=True, allow_inf_nan=False, frozen=True
    )

    execution_time: Milliseconds | None = None
    token_usage: Count | None = None
    cost: Cost | None = None
    success_rate: Annotated[float, AfterValidator(_yes_or_no)]
    user_satisfaction: float | None = Field(default=None, ge=0, le=5)
    quality_score: float | None = Field(default=None, ge=0, le=100)
    timestamp: UtcDatetime = Field(default_factory=_now)


class Record(BaseModel):
    """A record on its way. Its `id` lets the service know it when it comes a second time."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    id: str = Field(default_factory=_new_id)
    strand_id: Name
    user_id: Name
    task_id: int | Name
    task_type: Name
    metrics: Metrics


def encode(
    strand_id: object, user_id: object, task_id: object, task_type: object, metrics: Mapping[str, Any] | object
) -> tuple[bytes, list[str]]:
    """A record as JSON, and of each metric that had to be left out, why.

    Raises:
        ValueError: the strand, the task, its type or the success rate is missing or unusable, or it is too large.
    """
    try:
        usable, left_out = _metrics(metrics)
        record = Record(
            strand_id=strand_id,
            user_id=user_id or SYSTEM,
            task_id=task_id,
            task_type=task_type,
            metrics=usable,
        )
    except ValidationError as error:
        raise ValueError("; ".join(_faults(error).values())) from error
    document = record.model_dump_json(by_alias=True, exclude_none=True).encode()
    if len(document) > MOST_BYTES:
        raise ValueError(f"it has {len(document):,} bytes, more than {MOST_BYTES:,}")
    return document, left_out


def _metrics(given: Mapping[str, Any] | object) -> tuple[Metrics, list[str]]:
    try:
        return Metrics.model_validate(given), []
    except ValidationError as error:
        faults = _faults(error)
    names = {to_camel(name): name for name in Metrics.model_fields}
    values = {alias: _read(given, alias, name) for alias, name in names.items() if alias not in faults}
    known = {alias: value for alias, value in values.items() if value is not None}
    return Metrics.model_validate(known), list(faults.values())


def _read(given: Mapping[str, Any] | object, alias: str, name: str) -> Any:
    if isinstance(given, Mapping):
        return given.get(alias, given.get(name))
    return getattr(given, alias, getattr(given, name, None))


def _faults(error: ValidationError) -> dict[str, str]:
    """What is wrong, by the field's name on the wire."""
    found = ((".".join(map(str, fault["loc"])), fault["msg"]) for fault in error.errors())
    return {to_camel(where): f"{to_camel(where)}: {what}" for where, what in found}
