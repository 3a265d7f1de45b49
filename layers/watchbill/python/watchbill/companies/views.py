"""Answers about companies: pages, what became of a batch, and how far an import is."""

from enum import StrEnum

from watchbill.companies.models import Company
from watchbill.platform.batches import RejectedEntry
from watchbill.platform.wire import Model, Moment


class CompanyList(Model):
    """Companies by name. A search that looks at very many may answer a short page before the list ends."""

    items: tuple[Company, ...]
    next_cursor: str | None = None


class KeptCompany(Model):
    """A company of a batch that is stored, and whether the directory did not know it before."""

    index: int
    id: str
    created: bool


class BatchOfCompanies(Model):
    """What became of each company of a batch. `ignored_columns` of a table are those that mean nothing to us."""

    accepted: tuple[KeptCompany, ...]
    rejected: tuple[RejectedEntry, ...] = ()
    ignored_columns: tuple[str, ...] = ()


class ImportStatus(StrEnum):
    """Where an import is."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class RowError(Model):
    """What is wrong with a row of an import, the first being 1; `column` is the field that it is about."""

    row: int
    column: str | None = None
    message: str


class Import(Model):
    """How far an import is: of its `rows` so many are `done`, each of them created, merged or refused.

    The first hundred errors are told, `more_errors` counts the rest.
    """

    id: str
    status: ImportStatus = ImportStatus.RUNNING
    rows: int
    done: int = 0
    created: int = 0
    merged: int = 0
    refused: int = 0
    errors: tuple[RowError, ...] = ()
    more_errors: int = 0
    ignored_columns: tuple[str, ...] = ()
    reason: str | None = None
    created_at: Moment
    updated_at: Moment


class AcceptedImport(Model):
    """An import that is on its way, and where to look how far it is."""

    id: str
    rows: int
    status: ImportStatus = ImportStatus.RUNNING
    href: str
    ignored_columns: tuple[str, ...] = ()
