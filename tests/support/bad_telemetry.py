"""Malformed requests to the routes of telemetry, whose refusals are written as OTLP has them."""

from typing import Any

from tests.support.bad_requests import Bad
from tests.support.telemetry import LOGS, MEASURED, PROTOBUF, TRACES

JSON = "application/json"


def sent(what: str, names: str, raw: str | bytes, status: int = 400, **headers: str) -> Bad:
    """An export with something wrong in its body."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Bad(what, "POST", TRACES, names, raw=raw, headers=told, status=status, type=JSON)


def no_request(what: str, names: str, body: Any) -> Bad:
    """An export of JSON that is no request."""
    return Bad(what, "POST", TRACES, names, body, type=JSON)


BAD_TELEMETRY = (
    sent("spans that are not JSON", "JSON", "{"),
    sent("spans that are not UTF-8", "JSON", b'{"a": "\xff"}'),
    no_request("a list of spans", "object", []),
    no_request("spans of resources that are no list", "resourceSpans", {"resourceSpans": {}}),
    sent("spans that are said to be compressed", "not gzip", "{}", content_encoding="gzip"),
    sent("spans compressed as we do not know it", "gzip", "{}", 415, content_encoding="br"),
    Bad("records that are not JSON", "POST", LOGS, "JSON", raw="{", type=JSON),
    Bad("records that are no list", "POST", LOGS, "resourceLogs", {"resourceLogs": {}}, type=JSON),
    Bad("metrics that are not JSON", "POST", MEASURED, "JSON", raw="{", type=JSON),
    Bad("metrics that are no list", "POST", MEASURED, "resourceMetrics", {"resourceMetrics": 1}, type=JSON),
    Bad(
        "spans in no known type",
        "POST",
        TRACES,
        "application/x-protobuf or application/json",
        raw="<xml/>",
        headers={"content-type": "text/xml"},
        status=415,
    ),
)

BROKEN_PROTOBUF = {"raw": b"\xff\xff\xff", "headers": PROTOBUF}
