"""Whom to approach, in what order, and why."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.agents.approaches import best_contact, recommended, seniority
from watchbill.companies.models import Description
from watchbill.streams.models import Contact, Item

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def item(name, quality=None, priority="medium", **facts):
    scores = {} if quality is None else {"quality": quality}
    common = {"id": name, "stream_id": "s", "kind": "company", "name": name, "stage": "discover", "position": 1}
    times = {"created_at": NOW, "updated_at": NOW}
    return Item(**common, **times, **{"priority": priority, "scores": scores, **facts})


def signal(type, strength="strong", **more):
    return {"type": type, "strength": strength, "confidence": 1, "detected_at": NOW, **more}


def asked(*items, known=None):
    return recommended(items, {one.id: known or Description() for one in items}, NOW)


def test_the_most_urgent_come_first_then_the_best_then_who_has_a_reason_then_who_can_be_reached():
    ana = {"name": "Ana", "email": "ana@a.example"}
    items = [
        item("unscored"),
        item("reachable", 3.5, contacts=[ana]),
        item("noticed", 3.5, signals=[signal("funding")]),
        item("best", 3.9),
        item("urgent", 1, "critical"),
        item("plain", 3.5),
    ]

    found = asked(*items)

    assert [one.company for one in found] == ["urgent", "best", "noticed", "reachable", "plain", "unscored"]
    assert [one.order for one in found] == [1, 2, 3, 4, 5, 6]


@given(st.permutations([item("a", 3), item("b", 3), item("c"), item("d", 5, "high")]))
def test_the_order_of_the_items_does_not_matter(items):
    assert [one.company for one in asked(*items)] == ["d", "a", "b", "c"]


def test_a_recommendation_says_who_how_and_why():
    contacts = [
        {"name": "Cy", "title": "Engineer", "email": "cy@a.example"},
        {"name": "Bo", "title": "CEO & founder", "linkedin_url": "https://linkedin.com/in/bo"},
    ]
    old = signal("news", expires_at=NOW - timedelta(days=1))

    (one,) = asked(item("Ada", 4.2, "high", contacts=contacts, signals=[signal("funding_round", source="Seed"), old]))

    assert one.action == "approach Bo by LinkedIn"
    assert (one.who.channel, one.who.address) == ("LinkedIn", "https://linkedin.com/in/bo")
    assert one.why == (
        "its priority is high, its quality is 4.2 of 5",
        "Bo decides: CEO & founder",
        "funding round: Seed (strong signal)",
    )


def test_where_nobody_is_known_somebody_is_to_be_found():
    (one,) = asked(item("Ada", contacts=[{"name": "Ana", "title": "CEO"}]))

    assert (one.who, one.action) == (None, "find somebody at Ada who can be reached")
    assert one.why == ("its priority is medium, nobody has scored it yet",)


def test_the_companys_own_contacts_and_signals_count_too():
    known = Description(
        contacts=[{"name": "Ana", "role": "Director", "phone": "1"}],
        signals=[{"type": "filing", "title": "Accounts", "strength": "weak"}],
    )

    (one,) = asked(item("Ada"), known=known)

    assert (one.who.name, one.who.channel) == ("Ana", "telephone")
    assert one.why[-1] == "filing: Accounts (weak signal)"


@pytest.mark.parametrize(
    ("title", "rank"),
    [
        ("CEO", 3),
        ("Co-Founder", 3),
        ("VP, Sales", 2),
        ("Chief of Staff", 2),
        ("Head of IT", 1),
        ("Overseer", 0),
        (None, 0),
    ],
)
def test_who_decides_is_known_by_the_words_of_a_title(title, rank):
    assert seniority(title) == rank


def test_of_equals_who_can_be_reached_by_e_mail_comes_first():
    by_phone, by_mail = Contact(name="A", phone="1"), Contact(name="B", email="b@a.example")

    assert best_contact([by_phone, by_mail]).name == "B"
    assert best_contact([]) is None
