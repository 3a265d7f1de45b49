"""The settings of this deployment. The only reader of the environment; infra writes what is read here."""

import os
from dataclasses import dataclass
from functools import cache

TABLE_NAME = "WATCHBILL_TABLE_NAME"
BUS_NAME = "WATCHBILL_BUS_NAME"
STAGE = "WATCHBILL_STAGE"
RETENTION_DAYS = "WATCHBILL_RETENTION_DAYS"
LOG_STREAM = "WATCHBILL_LOG_STREAM"


class MissingSetting(RuntimeError):
    """A setting this function needs is not in its environment; the message names it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the environment variable {name} is not set")


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs between deployments.

    `retention_days` is how long a run record is kept after its event; rollups stay longer.
    `log_stream` is `stderr` or `stdout`: CloudWatch reads both, the local emulator answers sooner for stderr.
    """

    table_name: str
    bus_name: str
    stage: str
    retention_days: int
    log_stream: str


@cache
def settings() -> Settings:
    """The settings, read once per process. Raises MissingSetting."""
    return Settings(
        table_name=_required(TABLE_NAME),
        bus_name=os.environ.get(BUS_NAME, "default"),
        stage=os.environ.get(STAGE, "development"),
        retention_days=int(os.environ.get(RETENTION_DAYS, "30")),
        log_stream=os.environ.get(LOG_STREAM, "stderr"),
    )


def _required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise MissingSetting(name)
    return value
