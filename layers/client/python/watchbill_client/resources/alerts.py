"""Subscriptions to alerts, and how messages to them went (scope admin)."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from watchbill_client.alerting import Delivery, IssuedSubscription, SentTest, Subscription
from watchbill_client.connection import Connection, Request, new_idempotency_key, route
from watchbill_client.paging import Page, fetch_page

M = TypeVar("M", bound=BaseModel)
_SUBSCRIPTIONS = ("api", "alerts", "subscriptions")


class Alerts:
    """`client.alerts`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def subscribe(
        self, channel: str, target: str, kinds: Sequence[str], description: str | None = None
    ) -> IssuedSubscription:
        """Subscribe an https address (`webhook`) or an e-mail address (`email`) to kinds of alerts.

        Kinds are `critical-performance`, `daily-summary`, `subscription-disabled`, `task-failed`, `budget-warned`,
        `budget-held`, `account-revoked` and `event-reminder`. The secret that webhooks are signed with is in this
        answer and nowhere else, ever.

        Raises:
            Unprocessable: the target may not be told: an address inside a network, or no e-mail can be sent.
            Conflict: the target is subscribed already.
        """
        body = {"channel": channel, "target": target, "kinds": kinds, "description": description}
        given = {name: value for name, value in body.items() if value is not None}
        issued = self._create(IssuedSubscription, given)
        # The first answer was lost on its way, and the secret with it: another takes its place.
        lost = channel == "webhook" and issued.secret is None
        return self.rotate_secret(issued.id, overlap_hours=0) if lost else issued

    def list(self) -> Page[Subscription]:
        """The organisation's subscriptions, newest first, without their secrets."""
        return fetch_page(self._connection, Request("GET", route(*_SUBSCRIPTIONS)), Subscription)

    def get(self, subscription_id: str) -> Subscription:
        """One subscription.

        Raises:
            NotFound: there is no such subscription.
        """
        return self._connection.call(Request("GET", route(*_SUBSCRIPTIONS, subscription_id)), Subscription)

    def change(self, subscription_id: str, **changes: Any) -> Subscription:
        """Change `target`, `kinds`, `description` or `enabled`; enabling forgets the failures before."""
        request = Request("PATCH", route(*_SUBSCRIPTIONS, subscription_id), body=changes)
        return self._connection.call(request, Subscription)

    def unsubscribe(self, subscription_id: str) -> None:
        """Remove a subscription; what is on its way to it is not sent any more."""
        self._connection.send(Request("DELETE", route(*_SUBSCRIPTIONS, subscription_id)))

    def rotate_secret(self, subscription_id: str, overlap_hours: int = 24) -> IssuedSubscription:
        """A new secret; for so many hours (24 at most) webhooks are signed with the old one too, 0 for a leaked one."""
        while True:
            issued = self._create(IssuedSubscription, {"overlap_hours": overlap_hours}, subscription_id, "secret")
            if issued.secret is not None:
                return issued

    def send_test(self, subscription_id: str) -> SentTest:
        """Send a test message, on the way that alerts go; it is tried once, and `deliveries` says how it went."""
        return self._create(SentTest, None, subscription_id, "test")

    def deliveries(self, subscription_id: str, limit: int | None = None, cursor: str | None = None) -> Page[Delivery]:
        """The messages to a subscription in the last 30 days, newest first. Iterating goes through all pages."""
        path = route(*_SUBSCRIPTIONS, subscription_id, "deliveries")
        return fetch_page(self._connection, Request("GET", path, params={"limit": limit}), Delivery, cursor)

    def _create(self, model: type[M], body: dict[str, Any] | None, *parts: str) -> M:
        path = route(*_SUBSCRIPTIONS, *parts)
        return self._connection.call(Request("POST", path, body=body, idempotency_key=new_idempotency_key()), model)
