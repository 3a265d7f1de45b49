"""The functions that watch over agents and tell people: anomalies, budgets, alerts, reports, and what is scraped."""

from infra.declarations import READ, WRITE, Api, Events, Function, Messages, Schedule
from watchbill.platform.events import EventType
from watchbill.platform.queue import Queue

WATCHING = (
    Function(
        name="anomalies",
        trigger=Api(("GET /api/analytics/anomalies", "POST /api/analytics/anomalies/{anomalyId}/acknowledge")),
        table=(*READ, "PutItem"),
        timeout=25,
    ),
    Function(name="prometheus", trigger=Api(("GET /metrics",)), table=READ, exposes_metrics=True),
    Function(
        name="anomaly_check",
        trigger=Schedule("cron(5 * * * ? *)"),
        table=("GetItem", "Query"),
        sends_to=(Queue.CHECKS,),
        timeout=60,
    ),
    Function(
        name="check_worker",
        trigger=Messages(Queue.CHECKS, batch_size=1),
        table=(*READ, "PutItem", "DeleteItem"),
        sends_to=(Queue.CHECKS,),
        memory=1769,
        timeout=120,
    ),
    Function(
        name="budgets",
        trigger=Api(
            (
                "POST /api/budgets",
                "GET /api/budgets",
                "GET /api/budgets/{budgetId}",
                "PATCH /api/budgets/{budgetId}",
                "DELETE /api/budgets/{budgetId}",
            )
        ),
        table=(*READ, *WRITE),
    ),
    Function(
        name="prices",
        trigger=Api(
            (
                "GET /api/prices/overrides",
                "PUT /api/prices/overrides",
                "DELETE /api/prices/overrides/{overrideId}",
                "GET /api/prices/unknown",
                "POST /api/prices/reprice",
                "GET /api/prices/reprice",
            )
        ),
        table=("GetItem", "Query", "PutItem"),
    ),
    Function(
        name="alerts",
        trigger=Api(
            (
                "POST /api/alerts/subscriptions",
                "GET /api/alerts/subscriptions",
                "GET /api/alerts/subscriptions/{subscriptionId}",
                "PATCH /api/alerts/subscriptions/{subscriptionId}",
                "DELETE /api/alerts/subscriptions/{subscriptionId}",
                "POST /api/alerts/subscriptions/{subscriptionId}/secret",
            )
        ),
        table=("GetItem", "Query", *WRITE),
        checks_targets=True,
        sealing=("Encrypt",),
    ),
    Function(
        name="deliveries",
        trigger=Api(
            (
                "GET /api/alerts/subscriptions/{subscriptionId}/deliveries",
                "POST /api/alerts/subscriptions/{subscriptionId}/test",
            )
        ),
        table=("GetItem", "Query", *WRITE),
        sends_to=(Queue.DELIVERIES,),
    ),
    Function(
        name="notifier",
        trigger=Events(
            (
                EventType.ANOMALY_CRITICAL,
                EventType.REPORT_GENERATED,
                EventType.SUBSCRIPTION_DISABLED,
                EventType.TASK_FAILED,
                EventType.BUDGET_WARNED,
                EventType.BUDGET_HELD,
                EventType.OAUTH_ERROR,
                EventType.EVENT_REMINDER,
            )
        ),
        table=("PutItem", "UpdateItem", "Query"),
        sends_to=(Queue.DELIVERIES,),
        tells_alerts=True,
        timeout=30,
    ),
    Function(
        name="delivery_worker",
        # One message at a time: nobody waits for another's endpoint. A message comes for each attempt, and again for
        # each 12 hours of waiting; one that comes far more often is broken.
        trigger=Messages(Queue.DELIVERIES, batch_size=1, max_receives=100),
        table=("GetItem", "PutItem", "Query"),
        sends_mail=True,
        calls_out=True,
        sealing=("Decrypt",),
        timeout=60,
    ),
    Function(
        name="reports",
        trigger=Api(
            (
                "POST /api/analytics/reports",
                "GET /api/analytics/reports",
                "GET /api/analytics/reports/{reportId}",
            )
        ),
        table=(*READ, *WRITE),
        memory=2048,
        timeout=29,
    ),
    Function(
        name="daily_report",
        trigger=Schedule("cron(0 * * * ? *)"),
        table=("GetItem", "Query"),
        sends_to=(Queue.REPORTS,),
        timeout=60,
    ),
    Function(
        name="report_worker",
        trigger=Messages(Queue.REPORTS, batch_size=1),
        table=(*READ, "PutItem"),
        memory=2048,
        timeout=120,
    ),
)
