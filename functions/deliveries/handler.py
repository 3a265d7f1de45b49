"""API: messages to subscriptions: how they went, and tests."""

from watchbill.alerts.models import Accepted, DeliveryList
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Cursor, Limit, PathName, idempotent, requires
from watchbill.serving import api_handler, services

app = Api("deliveries")
_ONE = "/api/alerts/subscriptions/<subscription_id>"


@app.get(f"{_ONE}/deliveries", middlewares=[requires(Scope.ADMIN)])
def list_deliveries(subscription_id: PathName, limit: Limit = 50, cursor: Cursor = None) -> DeliveryList:
    """A subscription's deliveries of the last 30 days, newest first."""
    return services(app.principal).alerts.deliveries(subscription_id, limit, cursor)


@app.post(f"{_ONE}/test", status_code=202, middlewares=[requires(Scope.ADMIN), idempotent()])
def send_test(subscription_id: PathName) -> Accepted:
    """Send a test message, which is tried once."""
    return services(app.principal).alerts.test(subscription_id)


lambda_handler = api_handler(app)
