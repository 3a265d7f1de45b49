"""Which entries somebody asks for, what an entry says of how something ended, and over which months one looks back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.audit import rules
from watchbill.audit.models import AuditFilters, AuditOutcome
from watchbill.platform import clock
from watchbill.platform.access import Principal
from watchbill.platform.trail import Deed, End

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
WHO = Principal("demo", "key-1", frozenset({"admin"}), "operator")
instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it


def entry(resource="/api/keys/key-2", action="identity.revoke_key", **end):
    begun = rules.begun(Deed(WHO, action, resource, "request-1"), "entry", NOW)
    return begun.ended(End(**end)) if end else begun


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "done"),
        (204, "done"),
        (303, "done"),
        (403, "refused"),
        (404, "refused"),
        (429, "refused"),
        (500, "failed"),
    ],
)
def test_how_something_ended_follows_from_what_was_answered(status, outcome):
    assert entry(status=status).outcome == outcome


def test_what_has_not_ended_may_have_been_done_or_not():
    assert entry().outcome is AuditOutcome.UNKNOWN
    assert entry().status is None


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"actor": "key-1"},
        {"actor": "operator"},
        {"action": "identity.revoke_key"},
        {"action": "identity"},
        {"resource": "/api/keys/key-2"},
        {"resource": "/api/keys"},
        {"resource": "/api/keys/"},
        {"resource": "key-2"},
        {"resource": "made-1"},
    ],
    ids=str,
)
def test_an_entry_is_found_by(asked):
    assert rules.is_wanted(entry(status=201, made="made-1"), AuditFilters(**asked))


@pytest.mark.parametrize(
    "asked",
    [
        {"actor": "key"},
        {"actor": "Operator"},
        {"action": "identity.revoke"},
        {"action": "revoke_key"},
        {"resource": "/api/key"},
        {"resource": "/api/keys/key"},
        {"resource": "key"},
        {"actor": "operator", "resource": "key-3"},
    ],
    ids=str,
)
def test_an_entry_is_not_found_by(asked):
    assert not rules.is_wanted(entry(), AuditFilters(**asked))


def test_a_long_address_is_kept_as_far_as_it_tells_something():
    assert len(entry(resource="/" + "a" * 5_000).resource) == 500


@given(instants, st.timedeltas(timedelta(0), timedelta(days=800)))
def test_the_months_of_a_stretch_are_all_those_in_which_it_has_an_instant(since, length):
    until = since + length
    days = (since + timedelta(days=day) for day in range(length.days + 1))
    every = {clock.to_text(instant)[:7] for instant in (*days, until)}

    assert list(rules.months_back(since, until)) == sorted(every, reverse=True)
