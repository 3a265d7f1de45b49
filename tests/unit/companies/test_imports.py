"""Imports whose workers die at any write, and whose messages come twice: no row is lost, none counts twice."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.memory_table import Crash, MemoryTable
from watchbill.companies import chunks
from watchbill.companies.chunks import ImportStore, RowTooLarge, parts_of
from watchbill.companies.imports import MOST_RECEIVES, ImportService
from watchbill.companies.models import CompanyQuery
from watchbill.companies.service import CompanyService
from watchbill.companies.store import CompanyStore
from watchbill.companies.views import ImportStatus
from watchbill.platform.lists import Cursors

rows = st.fixed_dictionaries(
    {"name": st.sampled_from(("Ada", "Bo"))},
    optional={"website": st.sampled_from(("a.example", "b.example", "no website"))},
)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parts of three rows."""
    monkeypatch.setattr(chunks, "MOST_ROWS", 3)


class Importing:
    """An import and what works on it."""

    def __init__(self):
        self.table = MemoryTable()
        self.companies = CompanyService(CompanyStore(self.table), Cursors(lambda: b""))
        self.imports = ImportService(ImportStore(self.table), self.companies)

    def dies(self, import_id, writes):
        """Work on it, dying before a further write; whether it came to that."""
        self.table.crash_after = writes
        try:
            self.imports.work(import_id)
        except Crash:
            return True
        finally:
            self.table.crash_after = None
        return False


def numbers(progress):
    return Counter(progress.model_dump(include={"done", "created", "merged", "refused"}))


@given(st.lists(rows, min_size=1, max_size=8), st.lists(st.integers(0, 4), max_size=6))
def test_an_import_comes_to_the_same_end_whatever_happens_on_the_way(given_rows, deaths):
    smooth, rough = Importing(), Importing()
    for importing, ways_to_die in ((smooth, []), (rough, deaths)):
        there = importing.imports.accept(iter(given_rows)).id
        for writes in ways_to_die:
            importing.dies(there, writes)
        while importing.imports.progress(there).status is ImportStatus.RUNNING:
            importing.imports.work(there)
        importing.progress = importing.imports.progress(there)
        importing.imports.work(there)
        assert importing.imports.progress(there) == importing.progress

    assert numbers(rough.progress) == numbers(smooth.progress)
    assert rough.progress.errors == smooth.progress.errors
    assert rough.progress.done == len(given_rows)
    assert rough.progress.created == len(rough.companies.search(CompanyQuery(limit=500)).items)
    assert sum(numbers(rough.progress).values()) == 2 * len(given_rows)


def test_two_messages_of_one_part_at_the_same_time_count_it_once(monkeypatch):
    importing = Importing()
    there = importing.imports.accept({"name": f"n{n}"} for n in range(3)).id
    worked = ImportService._worked

    def meanwhile(self, stored):
        monkeypatch.setattr(ImportService, "_worked", worked)
        self.work(there)
        return worked(self, stored)

    monkeypatch.setattr(ImportService, "_worked", meanwhile)
    importing.imports.work(there)

    progress = importing.imports.progress(there)
    assert (progress.done, progress.created, progress.status) == (3, 3, ImportStatus.COMPLETED)


def test_a_part_that_cannot_be_taken_in_ends_its_import_and_says_so():
    importing = Importing()
    there = importing.imports.accept([{"name": "Ada"}]).id

    importing.imports.work(there, receives=MOST_RECEIVES + 1)

    progress = importing.imports.progress(there)
    assert progress.status is ImportStatus.FAILED
    assert "rows 1 and after could not be taken in" in progress.reason


def test_errors_are_told_by_row_and_column_up_to_a_hundred():
    importing = Importing()
    there = importing.imports.accept([{"name": "Ada"}, *[{"website": "x"}] * 60, "Bo"]).id
    for _ in range(30):
        importing.imports.work(there)

    progress = importing.imports.progress(there)

    assert (progress.created, progress.refused, progress.status) == (1, 61, ImportStatus.COMPLETED)
    assert (len(progress.errors), progress.more_errors) == (100, 22)
    first = progress.errors[0]
    assert (first.row, first.column, first.message) == (2, "name", "field required")


@given(st.lists(st.text(max_size=400), max_size=30))
def test_parts_hold_every_row_in_order_and_fit_into_an_item(texts):
    given_rows = [{"name": text} for text in texts]

    parts = list(parts_of(given_rows))

    assert [row for part in parts for row in part] == given_rows
    assert all(1 <= len(part) <= 3 for part in parts)


def test_a_row_that_no_item_holds_is_refused():
    with pytest.raises(RowTooLarge, match="row 2 has more than 300,000 bytes"):
        list(parts_of([{"name": "Ada"}, {"description": "x" * 300_000}]))
