"""API: subscriptions to alerts."""

from aws_lambda_powertools.event_handler import Response

from watchbill.alerts.models import (
    IssuedSubscription,
    NewSubscription,
    Subscription,
    SubscriptionChange,
    SubscriptionList,
)
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, PathName, idempotent, requires
from watchbill.platform.signing import Rotation
from watchbill.serving import api_handler, services

app = Api("alerts")
_ALL = "/api/alerts/subscriptions"
_ONE = f"{_ALL}/<subscription_id>"


@app.post(_ALL, status_code=201, middlewares=[requires(Scope.ADMIN), idempotent(unkept="secret")])
def subscribe(wish: NewSubscription) -> IssuedSubscription:
    """Subscribe a webhook or an e-mail address to alerts; a webhook's secret is in this answer only."""
    return services(app.principal).alerts.subscribe(wish)


@app.get(_ALL, middlewares=[requires(Scope.ADMIN)])
def list_subscriptions() -> SubscriptionList:
    """The organisation's subscriptions, newest first."""
    return services(app.principal).alerts.subscriptions()


@app.get(_ONE, middlewares=[requires(Scope.ADMIN)])
def get_subscription(subscription_id: PathName) -> Subscription:
    """One subscription."""
    return services(app.principal).alerts.subscription(subscription_id)


@app.patch(_ONE, middlewares=[requires(Scope.ADMIN)])
def change_subscription(subscription_id: PathName, change: SubscriptionChange) -> Subscription:
    """Change a subscription's target, kinds or description, or disable and enable it."""
    return services(app.principal).alerts.change(subscription_id, change)


@app.delete(_ONE, status_code=204, middlewares=[requires(Scope.ADMIN)])
def unsubscribe(subscription_id: PathName) -> Response[None]:
    """Remove a subscription."""
    services(app.principal).alerts.unsubscribe(subscription_id)
    return app.no_content()


@app.post(f"{_ONE}/secret", status_code=201, middlewares=[requires(Scope.ADMIN), idempotent(unkept="secret")])
def rotate_secret(subscription_id: PathName, wish: Rotation) -> IssuedSubscription:
    """Make a new secret; webhooks are signed with the old one too for a while."""
    return services(app.principal).alerts.rotate(subscription_id, wish)


lambda_handler = api_handler(app)
