"""Steps of tests that alert in process: an event is told, its messages are delivered, what came is looked at."""

from typing import Any

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.ses import ses_backends

from tests.support.alerting import CRITICAL
from tests.support.bus import arn_of, subscribed_queue, work
from tests.support.local_table import ENVIRONMENT, REGION
from tests.support.service import Service
from tests.support.steps import SUBSCRIPTIONS, get, subscribe
from watchbill.platform import settings
from watchbill.platform.queue import Queue

EVERYTHING = ["critical-performance", "daily-summary", "subscription-disabled"]


def tell(service: Service, event_type: str = "anomaly_critical", detail: dict[str, Any] = CRITICAL) -> None:
    """Have an event of the bus told."""
    service.invoke("notifier", {"source": "watchbill", "detail-type": event_type, "detail": detail})


def deliver(service: Service) -> int:
    """Have everything delivered that is due; how many deliveries are over."""
    return work(service, "delivery_worker", Queue.DELIVERIES)


def deliveries(service: Service, key: str, subscription: dict[str, Any]) -> list[dict[str, Any]]:
    """A subscription's deliveries, newest first."""
    found: list[dict[str, Any]] = get(service, key, f"{SUBSCRIPTIONS}/{subscription['id']}/deliveries")["items"]
    return found


def mails() -> list[Any]:
    """The e-mails that were sent."""
    sent: list[Any] = ses_backends[ACCOUNT][REGION].sent_messages
    return sent


def subscribed_to_topic() -> str:
    """A queue that is subscribed to the topic of alerts; its URL."""
    url = subscribed_queue("topic")
    topic = ENVIRONMENT[settings.ALERT_TOPIC_ARN]
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(url))
    return url


def drive_alerts(service: Service, key: str) -> None:
    """Tell of an event twice: to the topic, by mail, and to an endpoint where nobody listens until it is given up."""
    subscribe(service, key, target="http://127.0.0.1:9/")
    subscribe(service, key, channel="email", target="ops@example.com")
    for _ in range(2):
        tell(service)
        deliver(service)
