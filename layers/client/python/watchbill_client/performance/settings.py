"""How a tracker works: from a mapping, keyword arguments and the environment. Nothing in here fails the caller."""

import logging
import os
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from watchbill_client.client import DEFAULT_TIMEOUT_S
from watchbill_client.retries import Retries
from watchbill_client.settings import API_KEY_VARIABLE, URL_VARIABLE

logger = logging.getLogger("watchbill_client.performance")

# The original tracker wrote to a table itself; here these are the service's own affairs.
IGNORED = frozenset({"table_name", "enable_anomaly_detection", "retention_days", "anomaly_thresholds"})

MOST_RECORDS = 1_000
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class TrackerSettings(BaseModel):
    """Settings of a tracker; times are seconds.

    `buffer_size`: records that wait at most, beyond which the oldest are dropped. `batch_size`: records of one
    request. `flush_interval`: how long a record waits for company. `flush_timeout`: how long `flush` and the exit of
    the process take at most. `timeout`: of one try of a request. `retries`: how often a flush tries, and how patiently
    the background goes on trying.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = None
    api_key: str | None = Field(default=None, repr=False)
    enabled: bool = True
    buffer_size: int = Field(default=10_000, ge=1)
    batch_size: int = Field(default=100, ge=1, le=MOST_RECORDS)
    flush_interval: Seconds = 1.0
    flush_timeout: Seconds = 5.0
    timeout: Seconds = DEFAULT_TIMEOUT_S
    retries: Retries = Retries()


def tracker_settings(config: Mapping[str, Any] | None, options: Mapping[str, Any]) -> TrackerSettings:
    """Settings from a mapping and keyword arguments, which win; names in camelCase or snake_case.

    WATCHBILL_URL and WATCHBILL_API_KEY fill in. What cannot be used is logged and left at its default, because a
    misspelt setting must not stop the work that is to be tracked.
    """
    given = {_snake(name): value for name, value in {**(config or {}), **options}.items()}
    for name in IGNORED & given.keys():
        logger.debug("the setting %s is the service's affair and has no effect here", name)
        del given[name]
    try:
        settings = TrackerSettings(**given)
    except ValidationError as error:
        settings = TrackerSettings(**_usable(given, error))
    from_environment = {
        "url": settings.url or os.environ.get(URL_VARIABLE) or None,
        "api_key": settings.api_key or os.environ.get(API_KEY_VARIABLE) or None,
    }
    return settings.model_copy(update=from_environment)


def _usable(given: Mapping[str, Any], error: ValidationError) -> dict[str, Any]:
    faults = {str(fault["loc"][0]): fault["msg"] for fault in error.errors()}
    for name, reason in faults.items():
        logger.warning("the tracker's setting %s cannot be used: %s", name, reason)
    return {name: value for name, value in given.items() if name not in faults}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
