"""What is known of a company, joined from what was said, and what two companies are the same by. Pure.

Everything said is a fact under its field, with the stamp of the statement it comes from; of two facts the one with the
later stamp holds. So it does not matter in which order statements arrive, nor how often.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from watchbill.companies.models import Company, CompanyChange, Description
from watchbill.platform import clock, ids

MOST_MARKS, MOST_FORMER, MOST_FACTS = 30, 30, 400

_SHARED = (
    "bit.ly",
    "crunchbase.com",
    "facebook.com",
    "github.com",
    "google.com",
    "instagram.com",
    "linkedin.com",
    "linktr.ee",
    "tiktok.com",
    "twitter.com",
    "wikipedia.org",
    "x.com",
    "youtube.com",
)
"""Domains under which many companies are found, so that none can be recognised by one of them or by a part of it."""

_KEYED = ("employee_history", "technologies", "signals", "contacts")
"""Fields whose parts are facts of their own, joined one by one."""


class Mark(NamedTuple):
    """What a company is recognised by: a domain, or a number in a register."""

    kind: str
    value: str


class Fact(NamedTuple):
    """What a statement says of something, None that it is not so, and the statement's stamp."""

    stamp: str
    value: Any


Facts = Mapping[str, Mapping[str, Fact]]
"""Facts by field, and by part for the fields that have parts; otherwise under an empty part."""


class TooMuchKnown(ValueError):
    """More is said of one company than can be kept; the message says what of."""


@dataclass(frozen=True, slots=True)
class Record:
    """A company: everything said of it, what it is recognised by, and the ids of those that were found to be it.

    `origin` is the stamp of the statement that it was made for.
    """

    id: str
    origin: str
    facts: Facts
    marks: frozenset[Mark] = frozenset()
    former: frozenset[str] = field(default_factory=frozenset)


def stamp_of(at: datetime, source: str, number: int) -> str:
    """The stamp of the statement with a number in what came from a source at an instant; stamps sort as time does."""
    return f"{clock.to_text(at)} {source} {number:06d}"


def instant_of(stamp: str) -> datetime:
    """When a statement was made."""
    return clock.from_text(stamp.split(" ", 1)[0])


def domain_of(website: str) -> str | None:
    """The domain a website is recognised by, None when many companies share it."""
    host = urlsplit(website if "://" in website else f"https://{website}").hostname or ""
    try:
        domain = host.rstrip(".").encode("idna").decode().lower().removeprefix("www.")
    except UnicodeError:
        return None
    shared = any(domain == one or domain.endswith(f".{one}") for one in _SHARED)
    return domain if "." in domain and not shared else None


def number_of(registration: str) -> str | None:
    """A registration number as it is recognised: spreadsheets drop zeros in front, people add blanks and dots."""
    return "".join(filter(str.isalnum, registration)).upper().lstrip("0") or None


def record_of(organisation: str, description: Description, stamp: str) -> Record:
    """A company of which nothing else is known than what is said of it."""
    facts = stated(description, stamp)
    return Record(ids.derived_id("company", organisation, stamp), stamp, facts, marks_of(facts))


def stated(description: Description, stamp: str) -> Facts:
    """The facts in a description. What is null says nothing."""
    said: dict[str, Any] = description.model_dump(mode="json", exclude_none=True)
    domain = domain_of(said.pop("domain", None) or said.get("website", ""))
    said |= {"domain": domain} if domain else {}
    return {name: _facts(name, value, stamp) for name, value in said.items()}


def amended(record: Record, change: CompanyChange, stamp: str) -> Record:
    """A company after a change: null takes away, a list replaces, a new website or number is what it is known by."""
    given = change.model_dump(mode="json", exclude_unset=True)
    new = {**stated(change, stamp)}
    if "website" in given and "domain" not in new:
        given |= {"domain": None}
    for name, value in given.items():
        there = record.facts.get(name, {})
        kept = new.get(name, {})
        gone = there if name in _KEYED else {"": None} if value is None else {}
        new[name] = {part: Fact(stamp, None) for part in gone if part not in kept} | dict(kept)
    facts = _joined_facts(record.facts, new)
    before, after = marks_of(record.facts), marks_of(facts)
    return _checked(Record(record.id, record.origin, facts, (record.marks - before) | after, record.former))


def joined(there: Sequence[Record], new: Record) -> Record:
    """The one company that the known ones and a new statement are: of several known ones the oldest lives on.

    Raises TooMuchKnown.
    """
    survivor = min(there, key=lambda record: record.origin) if there else new
    facts, marks, former = new.facts, new.marks, frozenset[str]()
    for record in there:
        facts = _joined_facts(facts, record.facts)
        marks |= record.marks
        former |= record.former | {record.id}
    return _checked(Record(survivor.id, survivor.origin, facts, marks, former - {survivor.id}))


def together(records: Sequence[Record]) -> Record:
    """New statements that are of one company, as one: the first of them made it."""
    first = min(records, key=lambda record: record.origin)
    facts, marks = first.facts, first.marks
    for record in records:
        facts = _joined_facts(facts, record.facts)
        marks |= record.marks
    return Record(first.id, first.origin, facts, marks)


def unmarked(record: Record) -> Record:
    """A statement of which it is known what company it is about."""
    return Record(record.id, record.origin, record.facts)


def grouped(records: Mapping[int, Record]) -> list[list[int]]:
    """The numbers of the records that are of one company, by what they are recognised by, also over others."""
    groups: dict[int, list[int]] = {number: [number] for number in records}
    owner: dict[Mark, int] = {}
    leader: dict[int, int] = {number: number for number in records}
    for number, record in records.items():
        for mark in sorted(record.marks):
            one, other = leader[number], leader[owner.setdefault(mark, number)]
            if one != other:
                groups[other] += groups.pop(one)
                leader |= dict.fromkeys(groups[other], other)
    return list(groups.values())


def marks_of(facts: Facts) -> frozenset[Mark]:
    """What the company of these facts is recognised by."""
    domain, number = _value(facts, "domain"), _value(facts, "registration_number")
    found = (("domain", domain), ("number", number_of(number) if number else None))
    return frozenset(Mark(kind, value) for kind, value in found if value)


def company_of(record: Record) -> Company:
    """A company as it is shown."""
    known = {name: _shown(name, parts) for name, parts in record.facts.items()}
    stamps = [fact.stamp for parts in record.facts.values() for fact in parts.values()]
    return Company.model_validate(
        {name: value for name, value in known.items() if value is not None}
        | {"id": record.id, "created_at": instant_of(record.origin), "updated_at": instant_of(max(stamps))}
    )


def without_expired(record: Record, now: datetime) -> Record:
    """A company without the signals that are over: they would only become more."""
    over = clock.to_text(now)
    signals = record.facts.get("signals", {})
    kept = {part: fact for part, fact in signals.items() if not _ended(fact.value, over)}
    if len(kept) == len(signals):
        return record
    return Record(record.id, record.origin, {**record.facts, "signals": kept}, record.marks, record.former)


def _ended(signal: Any, now: str) -> bool:
    return bool(signal) and bool(end := signal.get("expires_at")) and clock.from_text(end) <= clock.from_text(now)


def _facts(name: str, value: Any, stamp: str) -> dict[str, Fact]:
    if name not in _KEYED:
        return {"": Fact(stamp, value)}
    return {_part(name, part): Fact(stamp, part) for part in value}


def _part(name: str, value: Any) -> str:
    match name:
        case "employee_history":
            return str(value["date"])
        case "technologies":
            return str(value).casefold()
        case "signals":
            return ids.derived_hex(value["type"], value["title"], value.get("url", ""), digits=16)
        case _:
            return str(value.get("email") or value.get("linkedin_url") or value["name"]).casefold()


def _joined_facts(one: Facts, other: Facts) -> Facts:
    return {name: _latest(one.get(name, {}), other.get(name, {})) for name in sorted({*one, *other})}


def _latest(one: Mapping[str, Fact], other: Mapping[str, Fact]) -> dict[str, Fact]:
    both: Iterable[tuple[str, Fact]] = (*one.items(), *other.items())
    found: dict[str, Fact] = {}
    for part, fact in both:
        there = found.get(part)
        found[part] = fact if there is None else max(there, fact, key=_weight)
    return dict(sorted(found.items()))


def _weight(fact: Fact) -> tuple[str, str]:
    # Of two values under one stamp either will do, as long as it is always the same.
    return fact.stamp, json.dumps(fact.value, sort_keys=True)


def _value(facts: Facts, name: str) -> Any:
    fact = facts.get(name, {}).get("")
    return fact.value if fact else None


def _shown(name: str, parts: Mapping[str, Fact]) -> Any:
    if name not in _KEYED:
        return _value({name: parts}, name)
    return [fact.value for fact in parts.values() if fact.value is not None] or None


def _checked(record: Record) -> Record:
    known = sum(map(len, record.facts.values()))
    counts = (
        (len(record.marks), MOST_MARKS, "domains and numbers"),
        (len(record.former), MOST_FORMER, "former ids"),
        (known, MOST_FACTS, "facts"),
    )
    for count, most, what in counts:
        if count > most:
            raise TooMuchKnown(f"one company has at most {most} {what}, and this would make it {count}")
    return record
