"""Exports as they are answered."""

from watchbill.exports.models import ExportFormat, ExportStatus, Interval
from watchbill.platform.wire import Model, Moment


class ExportedFile(Model):
    """A file, and where to fetch it without a key for the next minutes; asking again gives a new address."""

    name: str
    rows: int
    bytes: int
    url: str


class ListedExport(Interval):
    """How far an export is: so many rows are written. It is kept until `expires_at`, and so are its files."""

    id: str
    status: ExportStatus
    format: ExportFormat
    agent_id: str | None
    version: str | None
    bodies: bool
    rows: int
    reason: str | None
    created_at: Moment
    updated_at: Moment
    completed_at: Moment | None
    expires_at: Moment


class Export(ListedExport):
    """An export with its files, once it is completed; together they hold each run once. `urls_expire_at` is of all."""

    files: tuple[ExportedFile, ...] = ()
    urls_expire_at: Moment | None = None


class AcceptedExport(Model):
    """An export that is on its way, and where to look how far it is."""

    id: str
    status: ExportStatus
    href: str


class ExportList(Model):
    """Exports without their files, newest first."""

    items: tuple[ListedExport, ...]
    next_cursor: str | None = None
