"""Alerts as e-mail: plain words as text and as HTML, from templates that escape what is put into them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from watchbill.alerts.models import Attempt, Ending, Order, Outcome
from watchbill.platform import clock, mail
from watchbill.platform.mail import Mail, MailBusy, MailRefused

if TYPE_CHECKING:
    from jinja2 import Environment


def send(organisation: str, target: str, order: Order) -> Outcome:
    """Send an order to an address."""
    now, began = clock.now(), clock.ticks()
    outcome = Outcome(Attempt(at=now, duration_ms=0), delivered=True)
    try:
        mail.send(written(organisation, target, order), {"organisation": organisation, "kind": order.kind})
    except MailRefused as error:
        outcome = Outcome(Attempt(at=now, duration_ms=0, error=str(error)), ending=Ending.REJECTED)
    except MailBusy as error:
        outcome = Outcome(Attempt(at=now, duration_ms=0, error=str(error)))
    taken = round((clock.ticks() - began) * 1000)
    return replace(outcome, attempt=outcome.attempt.model_copy(update={"duration_ms": taken}))


def written(organisation: str, target: str, order: Order) -> Mail:
    """An order as a message to an address."""
    values = {"subject": order.subject, "organisation": organisation, "data": order.payload["data"], "figures": figures}
    text, html = (_templates().get_template(f"{order.kind}.{form}").render(values) for form in ("txt", "html"))
    return Mail(target, f"[Watchbill] {order.subject}", text, html)


def figures(anomaly: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What an anomaly's message says in figures: names and values."""
    yield "Agent", str(anomaly["affectedComponent"])
    yield "Metric", str(anomaly["metric"])
    yield "Now", _number(anomaly["currentValue"])
    yield "Expected", _number(anomaly["expectedValue"])
    yield "Departure", f"{anomaly['deviation']:+,.0f}%"
    yield "Since", str(anomaly["windowStart"])


def _number(value: float) -> str:
    """A figure with four digits that say something."""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"


@cache
def _templates() -> "Environment":
    # Imported at first use: it would cost the cold start of every function that writes no mail.
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=PackageLoader("watchbill.alerts"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
