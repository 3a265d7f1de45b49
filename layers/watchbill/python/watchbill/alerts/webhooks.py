"""Webhooks: sending one, signed, and what an answer means."""

import json
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from watchbill.alerts.models import Attempt, Ending, Order, Outcome
from watchbill.platform import clock, signing
from watchbill.platform.calls import retry_after
from watchbill.platform.outgoing import Answer, NoAnswer, Outgoing, Refused
from watchbill.platform.signing import Signing

ATTEMPT_SECONDS = 15.0
_MOST_EXCERPT = 300
_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


def send(outgoing: Outgoing, target: str, signed_by: Signing, order: Order) -> Outcome:
    """Send an order to an endpoint: any 2xx is a success, and what the answer says does not matter."""
    now, began = clock.now(), clock.ticks()
    body = json.dumps(order.payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    signed = signing.headers(signed_by, order.delivery, body, now)
    try:
        answer = outgoing.send(
            "POST", target, headers=signed, body=body.encode(), seconds=ATTEMPT_SECONDS, most_bytes=_MOST_EXCERPT
        )
    except (Refused, NoAnswer) as error:
        outcome = Outcome(Attempt(at=now, duration_ms=0, error=str(error)))
    else:
        outcome = outcome_of(answer, now)
    taken = round((clock.ticks() - began) * 1000)
    return replace(outcome, attempt=outcome.attempt.model_copy(update={"duration_ms": taken}))


def outcome_of(answer: Answer, now: datetime) -> Outcome:
    """What an answer means; `now` is when it was asked for."""
    attempt = Attempt(at=now, duration_ms=0, status=answer.status)
    if HTTPStatus(200) <= answer.status < HTTPStatus(300):
        return Outcome(attempt, delivered=True)
    failed = Outcome(attempt.model_copy(update={"error": _excerpt(answer)}))
    if answer.status == HTTPStatus.GONE:
        return replace(failed, ending=Ending.GONE)
    if answer.status in _BUSY:
        return replace(failed, retry_after=retry_after(answer.headers.get("retry-after", ""), now))
    return failed


def _excerpt(answer: Answer) -> str | None:
    """The beginning of an answer's body, as far as it is text that can be shown."""
    text = answer.body.decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()[:_MOST_EXCERPT] or None
