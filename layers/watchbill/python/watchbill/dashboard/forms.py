"""What people type and tick, made into what the models of requests take: lists, amounts, days. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from watchbill.configuration.models import OrganisationOverrides, ThresholdOverrides


def as_many(value: Any) -> Any:
    """What may be ticked several times, and was once."""
    return [value] if isinstance(value, str) else value


def as_number(value: Any) -> Any:
    """A number that was typed, exactly; what is none is left for the model to refuse."""
    try:
        return Decimal(value) if isinstance(value, str) else value
    except InvalidOperation:
        return value


def as_columns(fields: Mapping[str, list[str]], *names: str) -> list[tuple[str, ...]]:
    """The rows that were filled in of fields that stand in rows; one that was left empty is none."""
    rows = zip(*(map(str.strip, fields.get(name, [])) for name in names), strict=False)
    return [row for row in rows if any(row)]


def days(first: date | None, last: date | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """Where a stretch of days begins and ends in a time zone, the last day included."""
    midnights = first, last + timedelta(days=1) if last else None
    start, end = (datetime(day.year, day.month, day.day, tzinfo=zone) if day else None for day in midnights)
    return start, end


def as_change(fields: Mapping[str, list[str]]) -> dict[str, Any]:
    """What a form of settings changes of a configuration: of what it asks for, what was left empty is taken back."""
    typed = {name: values[0].strip() or None for name, values in fields.items()}
    change: dict[str, Any] = {name: typed[name] for name in OrganisationOverrides.model_fields if name in typed}
    thresholds = {name: typed[name] for name in ThresholdOverrides.model_fields if name in typed}
    if thresholds:
        change["anomaly_thresholds"] = thresholds
    if "pattern" in fields:
        rows = as_columns(fields, "pattern_name", "pattern")
        change["content_patterns"] = [{"name": name, "pattern": pattern} for name, pattern in rows] or None
    return change
