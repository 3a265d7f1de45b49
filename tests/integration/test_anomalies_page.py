"""The pages of anomalies: listed by what the address asks, one with its course, acknowledged, and thresholds."""

import json

import pytest

from tests.support.agent_hours import AGENT, FAULT, at
from tests.support.pages import Visitor, words_of
from tests.support.steps import get
from tests.support.watched import an_anomaly
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at

HOSTILE = "<img src=x onerror=alert(1)>"
OTHER = "0a" * 12
ANOMALIES = "/dashboard/anomalies"


@pytest.fixture
def visitor(key):
    with frozen_at(at(FAULT + 2)):
        visitor = Visitor().sign_in(key)
        visitor.get(ANOMALIES)
        yield visitor


@pytest.fixture
def found(key):
    return an_anomaly("demo")


def rows(shown):
    return [words_of(row) for row in shown.all("//tbody/tr[.//a]")]


def test_anomalies_are_listed_as_the_address_asks(key, found, visitor):
    an_anomaly("demo", OTHER, HOSTILE)

    shown = visitor.get(ANOMALIES)

    assert len(rows(shown)) == 2
    assert HOSTILE in shown.words
    assert not shown.all("//img")
    (own,) = rows(visitor.get(f"{ANOMALIES}?agent={AGENT}"))
    severity = own.split()[1]
    assert rows(visitor.get(f"{ANOMALIES}?agent={AGENT}&severity={severity}")) == [own]
    assert "None of this kind" in visitor.get(f"{ANOMALIES}?agent={AGENT}&severity=low").words
    assert severity != "low"
    for state in ("open", "all"):
        first = visitor.get(f"{ANOMALIES}?state={state}&timeframe=7d&limit=1")
        (address,) = first.all("//a[@rel='next']/@href")
        second = visitor.get(address)
        assert sorted(rows(first) + rows(second)) == sorted(rows(shown))
        assert not second.all("//a[@rel='next']")
    part = visitor.get(f"/dashboard/parts/anomalies?agent={AGENT}", **{"hx-request": "true"})
    assert len(part.all("//tbody/tr")) == 1


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("state=closed", 400),
        (f"severity={HOSTILE}", 400),
        ("timeframe=7", 400),
        ("agent=nobody", 404),
        ("cursor=x", 400),
    ],
)
def test_what_cannot_be_asked_for_is_refused(visitor, asked, status):
    assert visitor.get(f"{ANOMALIES}?{asked}").status == status


def test_an_empty_list_says_so(visitor):
    assert "every agent works as usual" in visitor.get(ANOMALIES).words


def test_one_is_shown_with_its_course_and_acknowledged(service, key, found, visitor):
    here = f"{ANOMALIES}/{AGENT}/{found}"

    shown = visitor.get(here)
    known = visitor.post(f"{here}/acknowledge")

    (chart,) = (json.loads(text) for text in shown.all("//@data-chart"))
    assert [line["name"] for line in chart["lines"]] == ["measured", "usual"]
    # The first hours shown are compared with hours before them, which are not shown.
    measured, highest = chart["lines"][0]["values"], chart["band"][1]
    assert [edge is None for edge in highest] == [value is None for value in measured]
    assert [(mark["start"], mark["label"]) for mark in chart["marks"]] == [(at(FAULT).timestamp() * 1000, "cost")]
    assert "Look at the most expensive runs of the window." in shown.words
    assert "Known not yet" in shown.words
    assert "to you" in known.words
    assert not known.all("//form[contains(@action, 'acknowledge')]")
    assert "known" in rows(visitor.get(ANOMALIES))[0]
    told = get(service, key, f"/api/analytics/anomalies?strandId={AGENT}")[0]
    assert told["acknowledgedAt"] == clock.to_text(at(FAULT + 2))


def test_thresholds_of_an_agent_are_changed_and_taken_back(service, key, found, visitor):
    shown = visitor.post(f"{ANOMALIES}/{AGENT}/thresholds", cost_multiplier="9", latency_multiplier="")

    assert shown.all("//input[@name='cost_multiplier']/@value") == ["9.0"]
    assert shown.all("//input[@name='latency_multiplier']/@placeholder") == ["2.0"]
    address = f"/api/analytics/strands/{AGENT}/configuration"
    assert get(service, key, address)["anomalyThresholds"]["costMultiplier"] == 9
    visitor.post(f"{ANOMALIES}/{AGENT}/thresholds", cost_multiplier="")
    assert get(service, key, address)["anomalyThresholds"]["costMultiplier"] == 1.5
    assert visitor.post(f"{ANOMALIES}/{AGENT}/thresholds", cost_multiplier="0").status == 400


def test_who_lacks_the_scopes_sees_and_changes_nothing(service, key, found):
    reader = service.request("POST", "/api/keys", {"name": "reader", "scopes": ["read"]}, key=key).json
    with frozen_at(at(FAULT + 2)):
        visitor = Visitor().sign_in(reader["secret"])
        here = f"{ANOMALIES}/{AGENT}/{found}"

        assert not visitor.get(here).all("//main//form")
        assert visitor.get(f"{ANOMALIES}/{AGENT}").all("//fieldset[@disabled]")
        assert visitor.post(f"{here}/acknowledge").status == 403
        assert visitor.post(f"{ANOMALIES}/{AGENT}/thresholds", cost_multiplier="9").status == 403


def test_another_organisation_s_anomalies_are_not_found(service, found, visitor):
    service.organisation("other")
    theirs = an_anomaly("other", OTHER)

    for agent, anomaly in ((OTHER, theirs), (OTHER, found), (AGENT, "x")):
        assert visitor.get(f"{ANOMALIES}/{agent}/{anomaly}").status == 404
        assert visitor.post(f"{ANOMALIES}/{agent}/{anomaly}/acknowledge").status == 404
    assert visitor.get(f"{ANOMALIES}/{OTHER}").status == 404
