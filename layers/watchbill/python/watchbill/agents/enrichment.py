"""The enrichment agent: what registers and sites say of a stream's companies, and the figures that follow."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from watchbill.agents import pages
from watchbill.agents.builtin import BuiltinAgent
from watchbill.agents.companies_house import CompaniesHouse, NotInRegister, RegisterBusy
from watchbill.agents.figures import growth_of, social_score
from watchbill.agents.goals import Work, work_of
from watchbill.agents.technologies import technologies_of
from watchbill.companies.models import NETWORKS, Company, Description
from watchbill.companies.service import CompanyService
from watchbill.execution.happenings import Tell
from watchbill.execution.models import Metrics, Task
from watchbill.execution.worker import Done, Outcome, Upstream
from watchbill.platform import clock
from watchbill.platform.errors import NotFound, Unprocessable
from watchbill.platform.outgoing import Outgoing
from watchbill.platform.table import each
from watchbill.platform.wire import Model
from watchbill.registry.models import AgentSettings
from watchbill.streams.models import Item
from watchbill.streams.service import StreamService

MOST_ITEMS = 50
FRESH = timedelta(days=7)
"""How long an item that was enriched is not enriched again."""
REGISTER, SITE = "companies_house", "technologies"
_AT_ONCE = 10
_TIME_FOR_ONE = 45
"""Seconds that a round of items may take at most: a register and a site with its redirects."""
_NO_TIME = "no time was left; the next task goes on"
_TASK = "task_id"
_MOST_NAMED = 10


class Skipped(Model):
    """A step that could not be done, why, for how many items, and which, the first ten of them."""

    step: str
    reason: str
    count: int
    items: tuple[str, ...]


class Enriched(Model):
    """What a task of the agent brings: items that were looked at, and those of which somebody else knew something."""

    items_updated: int
    enriched_count: int
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class _Report:
    """What came of an item: what it is enriched with, and whether that stands, or the item is to be looked at again."""

    item_id: str
    found: dict[str, Any]
    stands: bool = True

    @property
    def learned(self) -> bool:
        """Whether somebody else knew something."""
        return bool(self.found.get("technologies") or self.found.get("registry"))


class EnrichmentAgent(BuiltinAgent):
    """Enriches the items that nobody has for a week, at most fifty in one task."""

    def __init__(
        self,
        settings: AgentSettings,
        streams: StreamService,
        companies: CompanyService,
        outgoing: Outgoing,
        register: CompaniesHouse | None,
    ) -> None:
        super().__init__(settings, streams, companies)
        self._outgoing = outgoing
        self._register = register

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:  # noqa: ARG002 - what others found is in the items
        """Enrich what is due. What an attempt that died had done already counts, and is not done again."""
        work, ends = work_of(task, self._streams), clock.ticks() + self._settings.timeout - _TIME_FOR_ONE
        reports = [_Report(item.id, item.enrichment or {}) for item in work.items if _is_of(item, task)]
        due = _due(work, task)[: MOST_ITEMS - len(reports)]
        known = self._known(due)
        for start in range(0, len(due), _AT_ONCE):
            part = due[start : start + _AT_ONCE]
            if start and clock.ticks() > ends:
                reports += [_Report(item.id, {"skipped": {SITE: _NO_TIME}}, stands=False) for item in due[start:]]
                break
            reports += each(lambda item: self._enrich(task, item, known[item.id]), part)
        return _outcome(reports)

    def _enrich(self, task: Task, item: Item, known: Description) -> _Report:
        found: dict[str, Any] = {_TASK: task.id, "skipped": {}, **_figures(known)}
        stands = True
        try:
            found["registry"] = self._registered(known)
        except NotInRegister as error:
            found["skipped"][REGISTER] = str(error)
        except RegisterBusy as error:
            found["skipped"][REGISTER], stands = str(error), False
        try:
            found["technologies"] = list(self._technologies(known))
        except pages.NotRead as error:
            found["skipped"][SITE] = str(error)
        if stands:
            self._keep(item, known, found)
        return _Report(item.id, found, stands)

    def _registered(self, known: Description) -> dict[str, Any]:
        if self._register is None:
            raise NotInRegister("no companies_house_api_key is configured")
        if not known.registration_number:
            raise NotInRegister("no registration number is known")
        return self._register.profile(known.registration_number)

    def _technologies(self, known: Description) -> tuple[str, ...]:
        if not known.website:
            raise pages.NotRead("no website is known")
        page = pages.read(self._outgoing, known.website)
        return technologies_of(page.headers, page.content)

    def _keep(self, item: Item, known: Description, found: dict[str, Any]) -> None:
        """Keep what was found: with the company first, so that an item is not done before its company is."""
        now = clock.now()
        if isinstance(known, Company):
            said = {"technologies": found.get("technologies") or None, "registry": found.get("registry")}
            try:
                self._companies.note(known.id, Description(enriched_at=now, **said))
            except Unprocessable as error:
                found["skipped"]["company"] = str(error)
        try:
            self._streams.change(
                item.stream_id,
                item.id,
                lambda there: there.model_copy(update={"enrichment": found, "enriched_at": now}),
            )
        except NotFound:
            # Somebody has removed the item meanwhile: what was learned is with the company.
            return


def _is_of(item: Item, task: Task) -> bool:
    return (item.enrichment or {}).get(_TASK) == task.id


def _due(work: Work, task: Task) -> list[Item]:
    """The items to be enriched, in their order."""
    since = clock.now() - FRESH
    stale = (item for item in work.open if item.enriched_at is None or item.enriched_at <= since)
    return [item for item in stale if not _is_of(item, task)]


def _figures(known: Description) -> dict[str, Any]:
    growth = growth_of(known.employee_history, known.employee_count)
    urls = {network: getattr(known, f"{network}_url") or "" for network in NETWORKS}
    told = {"percent": growth.percent, "estimated": growth.estimated} if growth else None
    return {"social_score": social_score(urls), "growth": told}


def _outcome(reports: Sequence[_Report]) -> Outcome:
    skipped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for report in reports:
        for step, reason in report.found.get("skipped", {}).items():
            skipped[step, reason].append(report.item_id)
    updated = sum(report.stands for report in reports)
    brought = Enriched(
        items_updated=updated,
        enriched_count=sum(report.stands and report.learned for report in reports),
        skipped=tuple(
            Skipped(step=step, reason=reason, count=len(items), items=tuple(items[:_MOST_NAMED]))
            for (step, reason), items in sorted(skipped.items())
        ),
    )
    return Done(brought.model_dump(mode="json"), Metrics(items_processed=updated))
