"""Custom metrics, used also where things go wrong; the operations are watched by others."""

from tests.support.service import Service
from tests.support.steps import A_METRIC, METRICS


def drive_metrics(service: Service, key: str) -> None:
    """Have a metric corrected, and one of an agent refused that is not there."""
    for fields in ({"value": 2}, {"agentId": "nobody"}):
        repeat = {"Idempotency-Key": f"metrics {fields}"}
        service.request("POST", METRICS, A_METRIC | fields, key=key, headers=repeat)
    service.settle()
