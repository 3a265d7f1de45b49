"""What `docs/alerts.md` says is so: its receiver verifies what we send, and its tables hold what is sent."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.alerting import CRITICAL, NOW, REPORT, SECRET, a_subscriber
from tests.unit.alerts.test_notices import DISABLED
from watchbill.alerts import notices
from watchbill.alerts.models import Ending, Kind
from watchbill.platform import settings, signing
from watchbill.platform.signing import Signing

DOCUMENT = (Path(__file__).parents[3] / "docs" / "alerts.md").read_text("utf-8")
SUBSCRIPTION = a_subscriber().subscription
BODY = json.dumps(notices.trial("delivery-1", SUBSCRIPTION, NOW).payload)


def block(language):
    """The first block of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)[0]


ANOTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@pytest.mark.parametrize(("secret", "answered", "handled"), [(SECRET, 204, 1), (ANOTHER, 401, 0)])
def test_the_receiver_takes_what_we_signed_and_nothing_else(secret, answered, handled):
    received = []
    scope = {"secret": secret, "handle": lambda *message: received.append(message)}
    exec(block("python"), scope)
    headers = signing.headers(Signing(SECRET), "delivery-1", BODY, datetime.now(UTC))

    status = scope["receive"](headers, BODY.encode())

    assert (status, len(received)) == (answered, handled)
    assert [name for name, _, _ in received] == ["delivery-1"] * handled


def test_the_example_has_the_fields_of_a_message():
    example = json.loads(block("json"))
    sent = notices.order(notices.notice_of("anomaly_critical", CRITICAL), SUBSCRIPTION, NOW).payload

    assert example.keys() == sent.keys()
    assert example["data"].keys() == sent["data"].keys()
    assert example["data"]["anomalies"][0].keys() <= sent["data"]["anomalies"][0].keys()


@pytest.mark.parametrize(
    ("event", "detail"),
    [("anomaly_critical", CRITICAL), ("report_generated", REPORT), ("subscription_disabled", DISABLED)],
)
def test_the_table_of_types_names_what_each_holds(event, detail):
    payload = notices.order(notices.notice_of(event, detail), SUBSCRIPTION, NOW).payload

    (row,) = re.findall(rf"^\| `{payload['type']}` \| (`.*) \|$", DOCUMENT, re.MULTILINE)
    assert all(f"`{name}" in row for name in payload["data"])


def test_every_kind_and_every_reason_is_explained():
    for word in (*Kind, *Ending):
        assert f"`{word}`" in DOCUMENT


def test_the_schedule_is_the_one_that_is_kept():
    delays = [float(delay) for delay in settings.STANDARD_WEBHOOK_DELAYS.split(",")]
    seconds = {"s": 1, "min": 60, "h": 3600}

    said = re.findall(r"(\d+) (s|min|h)\b", DOCUMENT[DOCUMENT.index("proposes: after") : DOCUMENT.index("each up to")])

    assert [float(number) * seconds[unit] for number, unit in said] == delays[1:]
