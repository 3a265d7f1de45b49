"""Imports: more companies than one request can take in, kept at once and worked on part by part.

An import's rows are in the table before the import is, whose creation starts the work. Each message takes in one part
and moves the import on in one write, from which the next message comes. A part that is taken in twice, because somebody
died before that write or a message came twice, finds its companies there, and is counted by who moves the import on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from watchbill.companies import rules, spreadsheets
from watchbill.companies.chunks import ImportStore, Row, RowTooLarge, StoredImport, parts_of
from watchbill.companies.models import NewCompany
from watchbill.companies.service import CompanyService, Taken
from watchbill.companies.views import AcceptedImport, Import, ImportStatus, RowError
from watchbill.platform import clock, ids
from watchbill.platform.errors import BadRequest, NotFound, PayloadTooLarge, faults_of
from watchbill.platform.table import Changed

MOST_ROWS = 20_000
MOST_ERRORS = 100
MOST_RECEIVES = 5
"""How often a part is tried before its import is given up."""


class ImportService:
    """One organisation's imports of companies."""

    def __init__(self, store: ImportStore, companies: CompanyService) -> None:
        self._store = store
        self._companies = companies

    def accept(self, rows: Iterable[Any], ignored: tuple[str, ...] = ()) -> AcceptedImport:
        """Keep rows to be taken in. Raises PayloadTooLarge, BadRequest without any."""
        import_id, now = ids.new_id(), clock.now()
        total = parts = 0
        try:
            for part in parts_of(row if isinstance(row, dict) else {_NO_OBJECT: True} for row in rows):
                total += len(part)
                if total > MOST_ROWS:
                    raise PayloadTooLarge(f"an import has at most {MOST_ROWS:,} rows")
                self._store.keep_rows(import_id, parts, part, now)
                parts += 1
        except RowTooLarge as error:
            raise PayloadTooLarge(str(error)) from error
        if not total:
            raise BadRequest("the table has no rows below its columns' names")
        state = Import(id=import_id, rows=total, ignored_columns=ignored, created_at=now, updated_at=now)
        self._store.replace(StoredImport(state, 0, parts))
        return AcceptedImport(
            id=import_id, rows=total, href=f"/api/companies/imports/{import_id}", ignored_columns=ignored
        )

    def accept_table(self, text: str) -> AcceptedImport:
        """Keep the rows of a table. Raises PayloadTooLarge, BadRequest."""
        sheet = spreadsheets.read(text)
        return self.accept(sheet.rows, sheet.ignored)

    def progress(self, import_id: str) -> Import:
        """How far an import is. Raises NotFound."""
        stored = self._store.find(import_id)
        if stored is None:
            raise NotFound(f"there is no import {import_id!r}")
        return stored.state

    def work(self, import_id: str, receives: int = 1) -> None:
        """Take in the part of an import that is next, and move it on."""
        stored = self._store.find(import_id)
        if stored is None or stored.state.status is not ImportStatus.RUNNING:
            return
        try:
            self._store.replace(self._worked(stored) if receives <= MOST_RECEIVES else _given_up(stored))
        except Changed:
            # Another message of the same part was faster: what it has counted is the same.
            return

    def _worked(self, stored: StoredImport) -> StoredImport:
        state, rows = stored.state, self._store.rows(stored.state.id, stored.next)
        good, errors = _judged(dict(enumerate(rows, start=state.done + 1)))
        taken = self._companies.take_in(good, lambda row: rules.stamp_of(state.created_at, state.id, row))
        errors += [RowError(row=row, message=one.refusal) for row, one in taken.items() if one.refusal]
        after, parts = _counted(state, len(rows), taken, errors), stored.next + 1
        if parts == stored.parts:
            after = after.model_copy(update={"status": ImportStatus.COMPLETED})
        return replace(stored, state=after, next=parts)


_NO_OBJECT = "not an object"
"""What a row that is none says in its place: no field of a company, and therefore refused."""


def _judged(rows: Mapping[int, Row]) -> tuple[dict[int, NewCompany], list[RowError]]:
    good: dict[int, NewCompany] = {}
    errors: list[RowError] = []
    for number, row in rows.items():
        try:
            good[number] = NewCompany.model_validate(row)
        except ValidationError as error:
            faults = faults_of(error.errors(include_url=False))
            errors += [RowError(row=number, column=fault.path or None, message=fault.message) for fault in faults]
    return good, errors


def _counted(state: Import, rows: int, taken: Mapping[int, Taken], errors: Sequence[RowError]) -> Import:
    kept = [one for one in taken.values() if one.company_id]
    created = sum(one.created for one in kept)
    told = sorted((*state.errors, *errors), key=lambda error: error.row)
    return state.model_copy(
        update={
            "done": state.done + rows,
            "created": state.created + created,
            "merged": state.merged + len(kept) - created,
            "refused": state.refused + rows - len(kept),
            "errors": tuple(told[:MOST_ERRORS]),
            "more_errors": state.more_errors + len(told) - len(told[:MOST_ERRORS]),
            "updated_at": clock.now(),
        }
    )


def _given_up(stored: StoredImport) -> StoredImport:
    reason = f"rows {stored.state.done + 1} and after could not be taken in, {MOST_RECEIVES} times; import them again"
    update = {"status": ImportStatus.FAILED, "reason": reason, "updated_at": clock.now()}
    return replace(stored, state=stored.state.model_copy(update=update))
