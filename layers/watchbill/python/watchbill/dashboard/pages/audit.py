"""Who did what, and when: the audit log, by who, what, to what and when, all in the address."""

from datetime import date
from typing import Annotated

from pydantic import Field

from watchbill.audit.models import MOST_SIGNS, AuditQuery
from watchbill.dashboard.forms import days
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import Answer, Visit
from watchbill.platform import clock
from watchbill.platform.access import Scope
from watchbill.platform.wire import Label, PageQuery

pages = Pages()


class _Asked(PageQuery):
    """Which entries are shown; the days are those of the organisation, the last one included."""

    first: date | None = None
    last: date | None = None
    actor: Label | None = None
    action: Label | None = None
    resource: Annotated[str | None, Field(max_length=MOST_SIGNS)] = None


@pages.get("/audit", Scope.ADMIN)
def log(visit: Visit) -> Answer:
    """The entries, newest first, page by page."""
    asked, use = visit.asked(_Asked), visit.services
    since, until = days(asked.first, asked.last, use.identity.organisation().zone)
    bounds = {name: clock.to_text(at) for name, at in (("from", since), ("to", until)) if at}
    query = visit.checked(AuditQuery, asked.model_dump(exclude={"first", "last"}) | bounds)
    return visit.page("audit.html", asked=asked, log=use.audit.entries(query))
