"""Signed webhooks, as https://www.standardwebhooks.com has them: the secret, the signature, what an answer means."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from standardwebhooks import Webhook

from watchbill.alerts.models import Attempt, Ending, Order, Outcome, Signing
from watchbill.platform import clock, ids
from watchbill.platform.outgoing import Answer, NoAnswer, Outgoing, Refused

ATTEMPT_SECONDS = 15.0
_MOST_EXCERPT = 300
_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


def new_secret() -> str:
    """A fresh secret of 256 bits, as receivers are given it."""
    return "whsec_" + base64.b64encode(ids.new_signing_key()).decode()


def rotated(signing: Signing, overlap_hours: int, now: datetime) -> Signing:
    """A new secret, the old one being good for some hours more; one that is older is forgotten."""
    if not overlap_hours:
        return Signing(new_secret())
    return Signing(new_secret(), signing.secret, now + timedelta(hours=overlap_hours))


def headers(signing: Signing, delivery: str, body: str, now: datetime) -> dict[str, str]:
    """The headers that let a receiver see who sent this, when, and whether it has had it before."""
    secrets = [signing.secret]
    if signing.former and signing.former_until and now < signing.former_until:
        secrets.append(signing.former)
    return {
        "Content-Type": "application/json",
        "webhook-id": delivery,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(delivery, now, body) for secret in secrets),
    }


def send(outgoing: Outgoing, target: str, signing: Signing, order: Order) -> Outcome:
    """Send an order to an endpoint: any 2xx is a success, and what the answer says does not matter."""
    now, began = clock.now(), clock.ticks()
    body = json.dumps(order.payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    signed = headers(signing, order.delivery, body, now)
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


def retry_after(text: str, now: datetime) -> int:
    """The seconds that a Retry-After header asks for, in either of its forms; 0 when it says nothing we understand."""
    if text.strip().isdecimal() and text.isascii():
        return int(text[:9])
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return 0
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return max(0, int((aware - now).total_seconds()))


def _excerpt(answer: Answer) -> str | None:
    """The beginning of an answer's body, as far as it is text that can be shown."""
    text = answer.body.decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()[:_MOST_EXCERPT] or None
