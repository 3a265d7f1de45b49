"""The organisation, how its runs are kept and watched, and what holds for a single agent."""

from watchbill.alerts.models import AlertChannel, Delivery, Kind, Subscription
from watchbill.configuration.models import ContentMode, OrganisationOverrides
from watchbill.dashboard.forms import as_change
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import Answer, Visit
from watchbill.identity.models import OrganisationChange
from watchbill.platform.access import Scope
from watchbill.platform.table import each
from watchbill.services import Services

pages = Pages()
_DELIVERIES, _OF_EACH = 10, 3
"""How many of the newest deliveries are shown, and of one subscription."""


@pages.get("/settings")
def settings(visit: Visit) -> Answer:
    """All that can be set."""
    use = visit.services
    subscriptions = use.alerts.subscriptions().items if visit.may(Scope.ADMIN) else ()
    return visit.page(
        "settings.html",
        organisation=use.identity.organisation(),
        configured=use.configuration.configured(),
        modes=list(ContentMode),
        subscriptions=subscriptions,
        deliveries=_newest(use, subscriptions),
        channels=list(AlertChannel),
        kinds=list(Kind),
    )


@pages.post("/settings/organisation", Scope.ADMIN, action="identity.change_organisation")
def change_organisation(visit: Visit) -> Answer:
    """With another name or time zone."""
    visit.services.identity.change(visit.form(OrganisationChange))
    return visit.go("/dashboard/settings", "The organisation is changed.")


@pages.post("/settings/configuration", Scope.ADMIN, action="configuration.change_configuration")
def configure(visit: Visit) -> Answer:
    """With what one of the forms asks for; what was left empty is as the stage has it."""
    visit.services.configuration.change(visit.checked(OrganisationOverrides, as_change(visit.fields)))
    return visit.go("/dashboard/settings", "The settings are changed; they hold within a minute.")


def _newest(use: Services, subscriptions: tuple[Subscription, ...]) -> list[tuple[Subscription, Delivery]]:
    listed = each(lambda one: use.alerts.deliveries(one.id, _OF_EACH, None).items, subscriptions)
    found = [(one, delivery) for one, items in zip(subscriptions, listed, strict=True) for delivery in items]
    return sorted(found, key=lambda pair: (pair[1].created_at, pair[1].id), reverse=True)[:_DELIVERIES]
