"""Whom to approach of a stream's companies, in what order, and why: by scores, signals and who can be reached. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from watchbill.agents.prospects import noticed_of
from watchbill.companies.models import Description
from watchbill.platform.wire import Model
from watchbill.streams.models import Contact, Item, ItemPriority, Signal, Strength

MOST_RECOMMENDED = 50
MOST_REASONS = 5
_URGENCY = {ItemPriority.CRITICAL: 3, ItemPriority.HIGH: 2, ItemPriority.MEDIUM: 1, ItemPriority.LOW: 0}
_STRENGTHS = {Strength.VERY_STRONG: 1.0, Strength.STRONG: 0.75, Strength.MODERATE: 0.5, Strength.WEAK: 0.25}
_ROLES: tuple[tuple[int, tuple[str, ...]], ...] = (
    (3, ("founder", "co-founder", "owner", "ceo", "chief executive", "managing director", "president")),
    (2, ("chief", "cto", "cfo", "coo", "cmo", "cro", "partner", "vp", "vice president", "director")),
    (1, ("head", "lead", "manager")),
)
"""How much somebody decides, by words of their title."""


class Who(Model):
    """Somebody to approach, and how."""

    name: str
    title: str | None = None
    channel: str
    address: str


class Recommendation(Model):
    """An approach: the first is 1; `who` is null when nobody is known, and then somebody has to be found."""

    order: int
    item_id: str
    company: str
    priority: ItemPriority
    quality: float | None
    who: Who | None
    action: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Approach:
    item: Item
    who: Who | None
    signals: tuple[Signal, ...]

    @property
    def order(self) -> tuple[int, float, float, bool, str, str]:
        """The most urgent first, then the best, the strongest reason, those who can be reached; ties by name."""
        strongest = max(map(_force, self.signals), default=0.0)
        item = self.item
        return (
            -_URGENCY[item.priority],
            -(item.quality or 0),
            -strongest,
            self.who is None,
            item.name.casefold(),
            item.id,
        )


def recommended(items: Iterable[Item], known: Mapping[str, Description], now: datetime) -> list[Recommendation]:
    """The approaches that are worth most, in order; the same for the same items."""
    approaches = [_approach(item, known[item.id], now) for item in items]
    best = sorted(approaches, key=lambda approach: approach.order)[:MOST_RECOMMENDED]
    return [_recommendation(number, approach) for number, approach in enumerate(best, start=1)]


def best_contact(contacts: Iterable[Contact]) -> Who | None:
    """Who of a company's people decides most and can be reached best, None when nobody can be reached."""
    reachable = [(contact, way) for contact in contacts if (way := _way_to(contact))]
    if not reachable:
        return None
    contact, (_, channel, address) = min(
        reachable, key=lambda one: (-seniority(one[0].title), one[1][0], one[0].name.casefold())
    )
    return Who(name=contact.name, title=contact.title, channel=channel, address=address)


def seniority(title: str | None) -> int:
    """How much somebody with a title decides, 0 to 3."""
    words = f" {' '.join(''.join(c if c.isalnum() or c == '-' else ' ' for c in (title or '').lower()).split())} "
    return next((rank for rank, names in _ROLES if any(f" {name} " in words for name in names)), 0)


def _approach(item: Item, known: Description, now: datetime) -> _Approach:
    of_company = [
        Contact(name=one.name, title=one.role, email=one.email, linkedin_url=one.linkedin_url, phone=_short(one.phone))
        for one in known.contacts or ()
    ]
    found = {
        (signal.type, signal.source): signal
        for signal in (*noticed_of(known, now), *item.signals)
        if signal.expires_at is None or signal.expires_at > now
    }
    signals = sorted(found.values(), key=lambda signal: (-_force(signal), signal.type, signal.source or ""))
    return _Approach(item, best_contact([*item.contacts, *of_company]), tuple(signals))


def _recommendation(number: int, approach: _Approach) -> Recommendation:
    item, who = approach.item, approach.who
    if who is None:
        action = f"find somebody at {item.name} who can be reached"
    else:
        action = f"approach {who.name} by {who.channel}"
    return Recommendation(
        order=number,
        item_id=item.id,
        company=item.name,
        priority=item.priority,
        quality=item.quality,
        who=who,
        action=action,
        why=_why(approach),
    )


def _why(approach: _Approach) -> tuple[str, ...]:
    item, who = approach.item, approach.who
    quality = "nobody has scored it yet" if item.quality is None else f"its quality is {item.quality:g} of 5"
    reasons = [f"its priority is {item.priority.value}, {quality}"]
    if who and seniority(who.title):
        reasons.append(f"{who.name} decides: {who.title}")
    reasons += [f"{_said(signal)} ({signal.strength.value.replace('_', ' ')} signal)" for signal in approach.signals]
    return tuple(reasons[:MOST_REASONS])


def _said(signal: Signal) -> str:
    told = signal.type.replace("_", " ")
    return f"{told}: {signal.source}" if signal.source else told


def _force(signal: Signal) -> float:
    return _STRENGTHS[signal.strength] * signal.confidence


def _way_to(contact: Contact) -> tuple[int, str, str] | None:
    """How somebody is reached best: by e-mail before LinkedIn before the telephone."""
    ways = ((0, "e-mail", contact.email), (1, "LinkedIn", contact.linkedin_url), (2, "telephone", contact.phone))
    return next(((rank, channel, address) for rank, channel, address in ways if address), None)


def _short(phone: str | None) -> str | None:
    return phone[:50].strip() if phone else None
