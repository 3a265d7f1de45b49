"""Who is told of what: subscriptions to alerts and reports, their secrets, and how their deliveries went."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from watchbill.alerts.models import AlertChannel, Kind, NewSubscription, SubscriptionChange
from watchbill.dashboard.forms import as_many
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import Answer, Visit
from watchbill.platform.access import Scope
from watchbill.platform.signing import Rotation
from watchbill.platform.wire import PageQuery

pages = Pages()
_ALL = "/settings/subscriptions"
_ONE = f"{_ALL}/<subscription_id>"


class _NewSubscription(NewSubscription):
    """The form: how, to whom, and the kinds that were ticked."""

    kinds: Annotated[frozenset[Kind], BeforeValidator(as_many), Field(min_length=1)]


@pages.post(_ALL, Scope.ADMIN, action="alerts.subscribe")
def subscribe(visit: Visit) -> Answer:
    """The new subscription; a webhook's secret is on this page alone."""
    made = visit.services.alerts.subscribe(visit.form(_NewSubscription))
    if made.channel is AlertChannel.EMAIL:
        return visit.go(f"/dashboard{_ALL}/{made.id}", f"{made.target} is subscribed.")
    return _page(visit, made.id, made.secret)


@pages.get(_ONE, Scope.ADMIN)
def subscription(visit: Visit, subscription_id: str) -> Answer:
    """A subscription, and how its deliveries went."""
    return _page(visit, subscription_id)


@pages.post(f"{_ONE}/test", Scope.ADMIN, action="deliveries.send_test")
def test(visit: Visit, subscription_id: str) -> Answer:
    """With a test message on its way."""
    visit.services.alerts.test(subscription_id)
    return visit.go(f"/dashboard{_ALL}/{subscription_id}", "A test message is on its way; it is tried once.")


@pages.post(f"{_ONE}/change", Scope.ADMIN, action="alerts.change_subscription")
def change(visit: Visit, subscription_id: str) -> Answer:
    """Switched on or off."""
    changed = visit.services.alerts.change(subscription_id, visit.form(SubscriptionChange))
    done = "is told again" if changed.enabled else "is told nothing any more"
    return visit.go(f"/dashboard{_ALL}/{subscription_id}", f"{changed.target} {done}.")


@pages.post(f"{_ONE}/secret", Scope.ADMIN, action="alerts.rotate_secret")
def rotate(visit: Visit, subscription_id: str) -> Answer:
    """With a new secret, which is on this page alone."""
    return _page(visit, subscription_id, visit.services.alerts.rotate(subscription_id, Rotation()).secret)


@pages.post(f"{_ONE}/remove", Scope.ADMIN, action="alerts.unsubscribe")
def remove(visit: Visit, subscription_id: str) -> Answer:
    """Without it."""
    visit.services.alerts.unsubscribe(subscription_id)
    return visit.go("/dashboard/settings", "The subscription is removed.")


def _page(visit: Visit, subscription_id: str, secret: str | None = None) -> Answer:
    use, asked = visit.services.alerts, visit.asked(PageQuery)
    return visit.page(
        "subscription.html",
        one=use.subscription(subscription_id),
        deliveries=use.deliveries(subscription_id, asked.limit, asked.cursor),
        secret=secret,
    )
