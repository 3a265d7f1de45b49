"""Malformed requests to the routes of custom metrics."""

from typing import Any

from tests.support.bad_requests import BEYOND, NO_CURSOR, NOT_JSON, PRINTABLE, Bad
from tests.support.steps import METRICS

NEGATIVE = "value: input should be greater than or equal to 0"


def metric(what: str, names: str, **fields: Any) -> Bad:
    """A post of a metric with something wrong in these fields."""
    return Bad(what, "POST", METRICS, names, {"name": "clicks", "value": 1, **fields})


def number(what: str, names: str, text: str) -> Bad:
    """A post of a metric whose value is written so."""
    return Bad(what, "POST", METRICS, names, raw=f'{{"name": "clicks", "value": {text}}}')


BAD_METRICS = (
    metric("a metric without a name", "name", name=None),
    metric("a metric with an empty name", "name: string should have at least 1", name=""),
    metric("a metric of two lines", PRINTABLE, name="a\nb"),
    metric("a metric of 201 characters", "name: string should have at most 200", name="x" * 201),
    metric(
        "a metric that comes from runs",
        "name: metrics named TOKEN_USAGE come from the runs themselves",
        name="TOKEN_USAGE",
    ),
    metric(
        "a metric that comes from runs, in small letters",
        "AGENT_SUCCESS_RATE come from the runs",
        name="agent_success_rate",
    ),
    metric("the name of all other metrics", "find no room", name="~"),
    metric("a metric without a value", "value: decimal input should be", value=None),
    metric("a negative metric", NEGATIVE, value=-0.01),
    metric("a metric in words", "value: a number is expected", value="12"),
    metric("a truth value for a metric", "value: a number is expected", value=True),
    metric("a list for a metric", "value", value=[1]),
    metric(
        "a metric beyond measure", "value: input should be less than or equal to 1000000000000000", value=10**15 + 1
    ),
    number("a metric that is not a number", NOT_JSON, "NaN"),
    number("an infinite metric", NOT_JSON, "Infinity"),
    number("a metric below all numbers", NOT_JSON, "-Infinity"),
    number("a metric that is too large", "too large", "1e999"),
    metric("a metric's unit of 51 characters", "unit", unit="x" * 51),
    metric("a number for a dimension", "dimension", dimension=1),
    metric("a metric without a zone", "timestamp: input should have timezone info", timestamp="2026-01-01T12:00:00"),
    metric("a metric of the year 9999", BEYOND, timestamp="9999-12-31T00:00:00Z"),
    metric("a metric's id that is a fraction", "id: an id is text or an integer", id=1.5),
    metric("a campaign of a number", "campaignId", campaignId=7),
    metric("something metrics have not", "colour: extra", colour="red"),
    Bad("metrics in snakes", "POST", METRICS, "none of the metrics", {"metrics": [{"name": "a", "colour": 1}]}),
    Bad(
        "metrics that are none",
        "POST",
        METRICS,
        "none of the metrics is well-formed",
        {"metrics": [{"name": "a", "value": -1}]},
    ),
    Bad(
        "metrics of unknown agents",
        "POST",
        METRICS,
        "none of the metrics can be stored",
        {"metrics": [{"name": "a"}, {"name": "a", "value": 1, "agentId": "nobody"}]},
    ),
    Bad("no metrics", "POST", METRICS, "metrics", {"metrics": []}),
    Bad("too many metrics", "POST", METRICS, "at most 1,000", {"metrics": [{}] * 1001}, status=413),
    Bad(
        "a list of metrics that ends first",
        "GET",
        f"{METRICS}?startDate=2026-01-02T00:00:00Z&endDate=2026-01-01T00:00:00Z",
        "ends before it begins",
    ),
    Bad("a day for a window's beginning", "GET", f"{METRICS}?startDate=2026-01-02", "startDate"),
    Bad("a list of no metrics", "GET", f"{METRICS}?limit=0", "limit"),
    Bad("a cursor of no metrics", "GET", f"{METRICS}?cursor=abc", NO_CURSOR),
    Bad(
        "a summary of two years",
        "GET",
        f"{METRICS}/summary?startDate=2024-01-01T00:00:00Z&endDate=2026-01-01T00:00:00Z",
        "at most 366 days",
    ),
)
