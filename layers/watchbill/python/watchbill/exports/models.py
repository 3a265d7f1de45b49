"""An export: which runs are wanted as what, and how far it has come."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from watchbill.platform.wire import Label, Model, Moment, Name, When

LONGEST = timedelta(days=366)


class ExportFormat(StrEnum):
    """What the files are."""

    CSV = "csv"
    PARQUET = "parquet"

    @property
    def media_type(self) -> str:
        """What the files say they are."""
        return "text/csv; charset=utf-8" if self is ExportFormat.CSV else "application/vnd.apache.parquet"


class ExportStatus(StrEnum):
    """Where an export is."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class Interval(Model):
    """The runs that began at or after `from` and before `to`."""

    model_config = ConfigDict(populate_by_name=True)

    start: Annotated[When, Field(alias="from")]
    end: Annotated[When, Field(alias="to")]


class NewExport(Model):
    """The runs that are wanted: from an instant up to another, which is now unless given; of an agent, of a version.

    `bodies` has what went in and came out of each run written too.
    """

    model_config = ConfigDict(populate_by_name=True)

    format: ExportFormat
    start: Annotated[When, Field(alias="from")]
    end: Annotated[When | None, Field(alias="to")] = None
    agent: Label | None = None
    version: Name | None = None
    bodies: bool = False

    @model_validator(mode="after")
    def _an_interval(self) -> Self:
        if self.end and self.end <= self.start:
            raise ValueError("the interval ends before it begins")
        if self.end and self.end - self.start > LONGEST:
            raise ValueError(f"an export covers at most {LONGEST.days} days")
        if self.version and not self.agent:
            raise ValueError("a version is that of an agent: name the agent too")
        return self


class Position(Model):
    """The next run to be written: behind this line of this agent's list, at the list's beginning without one."""

    agent_id: str
    line: dict[str, str] | None = None


class ExportState(Interval):
    """An export as it is kept: `step` is the number of the step that is next, and begins at `position`."""

    id: str
    format: ExportFormat
    agent_id: str | None = None
    version: str | None = None
    bodies: bool = False
    status: ExportStatus = ExportStatus.RUNNING
    rows: int = 0
    step: int = 0
    position: Position | None = None
    reason: str | None = None
    created_at: Moment
    updated_at: Moment
    completed_at: Moment | None = None


class PartFile(Model):
    """A file of an export: its name in the bucket, and what is in it."""

    name: str
    rows: int
    bytes: int
