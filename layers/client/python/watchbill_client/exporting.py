"""What the API says of exports: how far one is, and its files."""

from pydantic import Field

from watchbill_client.models import Answer, UtcDatetime


class ExportedFile(Answer):
    """A file of an export; its `url` needs no key and is good for some minutes."""

    name: str
    rows: int
    bytes: int
    url: str


class Export(Answer):
    """An export: running, completed or failed. Its files are there once it is completed, but not in lists."""

    id: str
    status: str
    format: str
    start: UtcDatetime = Field(alias="from")
    end: UtcDatetime = Field(alias="to")
    agent_id: str | None = None
    version: str | None = None
    bodies: bool = False
    rows: int = 0
    reason: str | None = None
    files: tuple[ExportedFile, ...] = ()
    urls_expire_at: UtcDatetime | None = None
    created_at: UtcDatetime
    updated_at: UtcDatetime
    completed_at: UtcDatetime | None = None
    expires_at: UtcDatetime

    @property
    def has_ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status != "running"
