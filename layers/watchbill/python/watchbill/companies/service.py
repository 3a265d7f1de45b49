"""The directory of companies: taking them in, each once, changing, finding and forgetting them."""

import heapq
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from watchbill.companies import rules, spreadsheets
from watchbill.companies.matching import Entry, confirmed, fits
from watchbill.companies.models import Company, CompanyChange, CompanyQuery, Criteria, Description, NewCompany
from watchbill.companies.rules import Record, TooMuchKnown
from watchbill.companies.store import CompanyStore, StoredCompany
from watchbill.companies.views import BatchOfCompanies, CompanyList, KeptCompany
from watchbill.platform import clock, ids
from watchbill.platform.batches import MOST_ENTRIES, EntryFault, RejectedEntry, judged
from watchbill.platform.errors import BadRequest, Conflict, NotFound, PayloadTooLarge, Unprocessable
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import AlreadyExists, Changed, each

MOST_LOOKED_AT = 20_000
"""How many companies one search looks at, and the size of directory that it is made for; it goes on at its cursor."""
_FETCH = 100
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a statement about a company: of which it is, whether it is new, or why it was refused."""

    company_id: str | None
    created: bool = False
    refusal: str | None = None


class CompanyService:
    """One organisation's companies."""

    def __init__(self, store: CompanyStore, cursors: Cursors) -> None:
        self._store = store
        self._cursors = cursors

    def add(self, new: NewCompany) -> Company:
        """Store what is said of a company: of the one that it is recognised as, or a new one. Raises Unprocessable."""
        taken = self.take_in({0: new}, lambda _: rules.stamp_of(clock.now(), ids.new_id(), 0))[0]
        if taken.company_id is None:
            raise Unprocessable(str(taken.refusal))
        return self.company(taken.company_id)

    def add_batch(self, companies: Sequence[Any], ignored: tuple[str, ...] = ()) -> BatchOfCompanies:
        """Store those of the companies that are well-formed and say what is wrong with the others.

        Raises PayloadTooLarge, BadRequest when none can be stored.
        """
        good, malformed = judged(companies, NewCompany, "companies")
        now, source = clock.now(), ids.new_id()
        taken = self.take_in(good, lambda index: rules.stamp_of(now, source, index))
        refused = [_rejected(index, one) for index, one in taken.items() if one.refusal]
        if len(refused) == len(taken):
            raise BadRequest(f"none of the companies can be stored: {refused[0].errors[0].message}")
        return BatchOfCompanies(
            accepted=tuple(
                KeptCompany(index=index, id=one.company_id, created=one.created)
                for index, one in taken.items()
                if one.company_id
            ),
            rejected=tuple(sorted((*malformed, *refused), key=lambda rejected: rejected.index)),
            ignored_columns=ignored,
        )

    def add_table(self, text: str) -> BatchOfCompanies:
        """Store the rows of a table as a batch. Raises PayloadTooLarge, BadRequest."""
        sheet = spreadsheets.read(text)
        rows = list(islice(sheet.rows, MOST_ENTRIES + 1))
        if len(rows) > MOST_ENTRIES:
            raise PayloadTooLarge(f"a table has at most {MOST_ENTRIES:,} rows here; more go to /api/companies/imports")
        if not rows:
            raise BadRequest("the table has no rows below its columns' names")
        return self.add_batch(rows, sheet.ignored)

    def take_in(self, new: Mapping[int, Description], stamp: Callable[[int], str]) -> dict[int, Taken]:
        """Store statements about companies, and what became of each. Under the same stamps they change nothing again.

        Those of one company are stored together.
        """
        organisation = self._store.organisation
        records = {number: rules.record_of(organisation, said, stamp(number)) for number, said in new.items()}
        known = self._store.recognised({mark for record in records.values() for mark in record.marks})
        groups = rules.grouped(records)

        def taken(group: list[int]) -> dict[int, Taken]:
            return self._take_in_one({number: records[number] for number in group}, _distinct(known, records, group))

        results = each(taken, groups)
        return dict(sorted((number, one) for result in results for number, one in result.items()))

    def company(self, company_id: str) -> Company:
        """A company, by its id or one that it had. Raises NotFound."""
        return rules.company_of(self._stored(company_id).record)

    def companies_of(self, company_ids: Iterable[str]) -> dict[str, Company]:
        """Those of the companies that exist, by the ids they are asked for."""
        return {asked: rules.company_of(there.record) for asked, there in self._store.companies(company_ids).items()}

    def change(self, company_id: str, change: CompanyChange) -> Company:
        """Set what the change names; what it names as null goes.

        Raises NotFound, BadRequest when it names nothing, Conflict when another company is known by that.
        """
        if not change.model_fields_set:
            raise BadRequest("nothing to change: give a name, a website or what else is known of it")
        if "name" in change.model_fields_set and change.name is None:
            raise BadRequest("name: a company has one")
        stamp = rules.stamp_of(clock.now(), ids.new_id(), 0)
        for _ in range(_TRIES):
            there = self._stored(company_id)
            try:
                after = rules.amended(there.record, change, stamp)
                self._check_marks(there.record, after)
                self._save(after, [there])
            except TooMuchKnown as error:
                raise Unprocessable(str(error)) from error
            except (AlreadyExists, Changed):
                continue
            return rules.company_of(after)
        raise _busy()

    def note(self, company_id: str, said: Description) -> None:
        """Add what was found out of a company, which takes away nothing; of one that is gone nothing is kept.

        Raises Unprocessable when more would be known of it than can be kept.
        """
        stamp = rules.stamp_of(clock.now(), ids.new_id(), 0)
        new = rules.record_of(self._store.organisation, said, stamp)
        for _ in range(_TRIES):
            there = self._store.company(company_id)
            if there is None:
                return None
            try:
                return self._save(rules.joined([there.record], rules.unmarked(new)), [there])
            except TooMuchKnown as error:
                raise Unprocessable(str(error)) from error
            except (AlreadyExists, Changed):
                continue
        raise _busy()

    def remove(self, company_id: str) -> None:
        """Forget a company. Raises NotFound."""
        for _ in range(_TRIES):
            try:
                return self._store.remove(self._stored(company_id))
            except Changed:
                continue
        raise _busy()

    def search(self, query: CompanyQuery) -> CompanyList:
        """Companies that fit a query, by name. Raises BadRequest."""
        name = f"companies {query.model_dump_json(exclude={'limit', 'cursor'})}"
        after = self._cursors.open(query.cursor, name).get("after")
        looked_at: list[str] = []

        def fitting() -> Iterable[tuple[str, Entry]]:
            for position, entry in islice(self._store.entries(after), MOST_LOOKED_AT):
                looked_at.append(position)
                if fits(entry, query):
                    yield position, entry

        shown, more = first_page(self._shown(fitting(), query.limit), query.limit)
        if more is None and len(looked_at) == MOST_LOOKED_AT:
            more = {"after": looked_at[-1]}
        return CompanyList(items=tuple(shown), next_cursor=self._cursors.close(more, name))

    def candidates(self, criteria: Criteria, most: int, besides: Container[str] = ()) -> list[Company]:
        """Companies that contradict none of the criteria, besides some, those first that are known to meet most."""
        open_to = (
            (-sum(bool(meets) for meets in met), position, entry.id)
            for position, entry in islice(self._store.entries(), MOST_LOOKED_AT)
            if entry.id not in besides and False not in (met := confirmed(entry, criteria))
        )
        best = [company_id for _, _, company_id in heapq.nsmallest(most, open_to)]
        found = self.companies_of(best)
        return [found[company_id] for company_id in best if company_id in found]

    def names(self) -> dict[str, str]:
        """The names of companies by their ids, of so many as one search looks at."""
        return {entry.id: entry.name for _, entry in islice(self._store.entries(), MOST_LOOKED_AT)}

    def _shown(self, entries: Iterable[tuple[str, Entry]], wanted: int) -> Iterable[tuple[Company, dict[str, str]]]:
        remaining = iter(entries)
        while chunk := list(islice(remaining, min(wanted + 1, _FETCH))):
            found = self.companies_of(entry.id for _, entry in chunk)
            yield from ((found[entry.id], {"after": at}) for at, entry in chunk if entry.id in found)

    def _take_in_one(self, said: Mapping[int, Record], known: Sequence[StoredCompany]) -> dict[int, Taken]:
        new = rules.together(list(said.values()))
        try:
            kept = self._settled(new, known)
        except TooMuchKnown as error:
            return {number: Taken(None, refusal=str(error)) for number in said}
        return {number: Taken(kept.id, created=record.origin == kept.origin) for number, record in said.items()}

    def _settled(self, new: Record, known: Sequence[StoredCompany]) -> Record:
        """The company that a statement is of, stored. Raises TooMuchKnown, Conflict."""
        for _ in range(_TRIES):
            after = rules.joined([one.record for one in known], new)
            if [after] == [one.record for one in known]:
                return after
            try:
                self._save(after, known)
            except (AlreadyExists, Changed):
                there = self._store.recognised(new.marks).values()
                again = self._store.company(new.id)
                known = list({one.record.id: one for one in (*there, *([again] if again else []))}.values())
            else:
                return after
        raise _busy()

    def _save(self, after: Record, there: Sequence[StoredCompany]) -> None:
        self._store.save(rules.without_expired(after, clock.now()), there)

    def _check_marks(self, before: Record, after: Record) -> None:
        for mark, owner in self._store.recognised(after.marks - before.marks).items():
            if owner.record.id != before.id:
                raise Conflict(f"company {owner.record.id!r} has the {mark.kind} {mark.value!r}")

    def _stored(self, company_id: str) -> StoredCompany:
        there = self._store.company(company_id)
        if there is None:
            raise NotFound(f"there is no company {company_id!r}")
        return there


def _distinct(known: Mapping[Any, StoredCompany], records: Mapping[int, Record], group: Sequence[int]) -> Any:
    marks = [mark for number in group for mark in sorted(records[number].marks)]
    found = {known[mark].record.id: known[mark] for mark in marks if mark in known}
    return list(found.values())


def _rejected(index: int, taken: Taken) -> RejectedEntry:
    return RejectedEntry(index=index, errors=(EntryFault(path=f"companies.{index}", message=str(taken.refusal)),))


def _busy() -> Conflict:
    return Conflict("the company is being changed by others; try again", retry_after=1)
