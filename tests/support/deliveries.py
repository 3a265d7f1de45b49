"""Which of the table's writes Lambda would deliver to which consumer: the event sources' filters, applied."""

from typing import Any

from infra.declarations import Stream
from infra.functions import FUNCTIONS


def delivered_to(function: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the stream's records that the consumer's filter lets through."""
    patterns = _patterns(function)
    return [record for record in records if any(_matches(record, pattern) for pattern in patterns)]


def _patterns(function: str) -> list[str | dict[str, str]]:
    (declared,) = (each for each in FUNCTIONS if each.name == function)
    if not isinstance(declared.trigger, Stream):
        raise TypeError(f"{function!r} does not consume the stream")
    return declared.trigger.sort_keys


def _matches(record: dict[str, Any], pattern: str | dict[str, str]) -> bool:
    sort_key: str = record["dynamodb"]["Keys"]["sk"]["S"]
    return sort_key == pattern if isinstance(pattern, str) else sort_key.startswith(pattern["prefix"])
