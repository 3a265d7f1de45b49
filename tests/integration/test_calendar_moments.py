"""What happens at the time of events: reminders and publication, each once, whatever becomes of the messages."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.alert_steps import deliver, mails
from tests.support.bus import Bus
from tests.support.moments import Calendar, Shelf
from tests.support.receiver import receiving
from tests.support.sockets import gateway_of
from tests.support.steps import EVENTS, get, subscribe
from watchbill.calendar.publications import PostEnded, Refusal
from watchbill.calendar.store import CalendarStore
from watchbill.platform.clock import frozen_at, to_text
from watchbill.services import services

pytestmark = pytest.mark.usefixtures("hasty")
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
START = NOW + timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ALL = [{"minutes": 0, "type": kind} for kind in ("notification", "email", "webhook")]
A_MEETING = {"title": "Tasting", "type": "meeting", "startTime": to_text(START), "timeZone": "Europe/Madrid"}
A_POST = {"startTime": to_text(START), "sessionId": "s-1", "metadata": {"channels": ["instagram", "facebook"]}}


@pytest.fixture
def calendar(service, key, channels):
    with frozen_at(NOW):
        yield Calendar(service, key, Bus(service))


@pytest.fixture
def shelf(monkeypatch, service):
    shelf = Shelf()
    monkeypatch.setattr(services("demo").moments, "_publisher", shelf)
    return shelf


def change(calendar, event, **fields):
    answer = calendar.service.request("PATCH", f"{EVENTS}/{event}", fields, key=calendar.key)
    assert answer.status == 200, answer.text
    calendar.settle()


def shown(calendar, event):
    return get(calendar.service, calendar.key, f"{EVENTS}/{event}")


def publications(calendar, event):
    return {one["channel"]: one["status"] for one in shown(calendar, event)["publications"]}


def ended(event, publication, **end):
    services("demo").moments.take({"event": event, "post": {"publication": publication["id"], **end}})


def test_reminders_are_told_once_each_by_its_own_way_however_often_their_firing_comes(
    calendar, service, key, monkeypatch
):
    gateway = gateway_of(service, monkeypatch)
    socket = gateway.open(key)
    socket.join("calendar")
    socket.say("join_session", sessionId="s-1")
    with receiving() as receiver:
        hook = subscribe(service, key, target=receiver.url, kinds=["event-reminder"])
        subscribe(service, key, channel="email", target="ops@example.com", kinds=["event-reminder"])
        calendar.plan(**A_MEETING, reminders=[*ALL, {"minutes": 30}], sessionId="s-1")
        (first,) = calendar.entries()
        with frozen_at(START - 30 * MINUTE):
            calendar.fire(first, START - 30 * MINUTE)
            calendar.fire(first, START - 30 * MINUTE)
            (second,) = calendar.entries()
        with frozen_at(START):
            calendar.fire(second, START)
            calendar.sweep()
            calendar.fire(first, START - 30 * MINUTE)
            calendar.fire(second, START)
            gateway.tell(*calendar.told)
        with frozen_at(datetime.now(UTC)):  # a receiver looks how old a signature is
            deliver(service)

    expressions = [one["ScheduleExpression"] for one in (first, second)]
    assert (expressions, first["ActionAfterCompletion"]) == (
        ["at(2026-06-30T12:30:00)", "at(2026-06-30T13:00:00)"],
        "DELETE",
    )
    assert calendar.held() == []
    assert sorted(calendar.reminders()) == [("email", 0), ("notification", 0), ("notification", 30), ("webhook", 0)]
    (payload,) = receiver.verified(hook["secret"])
    (mail,) = mails()
    assert (payload["type"], payload["data"]["title"]) == ("event-reminder", "Tasting")
    assert (mail.subject, "30 June 2026, 15:00 (Europe/Madrid)" in mail.body) == ("[Watchbill] Now: Tasting", True)
    told = [one for one in socket.came if one["event"] == "event_reminder"]
    assert [(one.get("room", one.get("sessionId")), one["data"]["minutes"]) for one in told] == [
        (where, minutes) for where in ("calendar", "s-1") for minutes in (30, 0)
    ]


@pytest.mark.parametrize("becomes", ["moved", "cancelled", "completed", "removed", "reminded of no more"])
def test_a_firing_of_what_is_planned_no_more_does_nothing(calendar, becomes):
    event = calendar.plan(**A_MEETING, reminders=ALL)
    (entry,) = calendar.entries()
    later = START + timedelta(hours=3)
    if becomes == "moved":
        change(calendar, event, startTime=to_text(later))
    elif becomes == "removed":
        calendar.service.request("DELETE", f"{EVENTS}/{event}", key=calendar.key)
    elif becomes == "reminded of no more":
        change(calendar, event, reminders=[])
    else:
        change(calendar, event, status=becomes)
    calendar.settle()
    assert calendar.held() == (["at(2026-06-30T16:00:00)"] if becomes == "moved" else [])

    with frozen_at(START):
        calendar.fire(entry, START)
        calendar.sweep()
    assert calendar.reminders() == []

    with frozen_at(later):
        calendar.sweep()
    assert len(calendar.reminders()) == (3 if becomes == "moved" else 0)


def test_what_the_scheduler_has_lost_is_found_within_the_minute_and_happens_once(calendar):
    calendar.plan(**A_MEETING, reminders=ALL)
    (entry,) = calendar.entries()
    calendar.lose()

    with frozen_at(START + MINUTE):
        calendar.sweep()
        assert len(calendar.reminders()) == 3
        calendar.sweep()
        calendar.fire(entry, START)
    assert len(calendar.reminders()) == 3


def test_two_workers_at_once_tell_it_once(calendar, monkeypatch):
    event = calendar.plan(**A_MEETING, reminders=ALL)
    look, inside = CalendarStore.happened, []

    def met(self, *asked):
        found = look(self, *asked)
        if not inside:
            inside.append(event)
            services("demo").moments.attend(event)
        return found

    monkeypatch.setattr(CalendarStore, "happened", met)
    with frozen_at(START):
        services("demo").moments.attend(event)
        calendar.settle()

    assert (inside, len(calendar.reminders())) == ([event], 3)


def test_an_event_that_changes_at_its_time_keeps_what_was_due_of_it_and_repeats_nothing(calendar):
    event = calendar.plan(**A_MEETING, reminders=ALL)
    with frozen_at(START + MINUTE / 2):
        change(calendar, event, title="A tasting")
        calendar.sweep()
        change(calendar, event, title="The tasting")
        calendar.sweep()
    assert len(calendar.reminders()) == 3

    with frozen_at(START + 5 * MINUTE):
        change(calendar, event, startTime=to_text(START + 2 * MINUTE))
        calendar.sweep()
    assert len(calendar.reminders()) == 3


def test_what_was_over_when_it_was_planned_does_not_happen_and_what_begins_now_does(calendar, shelf):
    calendar.plan(**A_POST | {"startTime": to_text(NOW - 2 * MINUTE)}, reminders=ALL)
    assert (calendar.reminders(), shelf.kept) == ([], {})

    calendar.plan(**A_POST | {"startTime": to_text(NOW - MINUTE / 2)}, reminders=ALL)
    assert (len(calendar.reminders()), len(shelf.kept)) == (3, 2)


def test_what_is_noticed_a_day_late_is_left_out_and_says_so(calendar, shelf):
    event = calendar.plan(**A_POST, reminders=ALL)

    with frozen_at(START + timedelta(hours=24) + MINUTE):
        calendar.sweep()

    assert (calendar.reminders(), shelf.kept) == ([], {})
    assert publications(calendar, event) == {"instagram": "missed", "facebook": "missed"}
    assert "a day late" in shown(calendar, event)["publications"][0]["error"]


def test_content_is_published_at_its_time_and_the_event_is_completed_when_all_channels_have_it(calendar, shelf):
    text = {"text": "Hola", "imageUrls": ["https://example.com/a.jpg"]}
    event = calendar.plan(**A_POST, content=text)
    (entry,) = calendar.entries()
    with frozen_at(START):
        calendar.fire(entry, START)
        calendar.fire(entry, START)
        calendar.sweep()

    there = shown(calendar, event)
    orders = sorted(shelf.kept.values(), key=lambda one: one.channel)
    assert [(one.channel, one.content.text, one.session_id) for one in orders] == [
        ("facebook", "Hola", "s-1"),
        ("instagram", "Hola", "s-1"),
    ]
    assert (there["status"], len(shelf.asked)) == ("in_progress", 2)
    assert publications(calendar, event) == {"instagram": "publishing", "facebook": "publishing"}

    first, second = there["publications"]
    with frozen_at(START + MINUTE):
        ended(event, first, post_id="17", post_url="https://example.com/17")
        ended(event, first, post_id="17", post_url="https://example.com/17")
        assert shown(calendar, event)["status"] == "in_progress"
        ended(event, second, post_id="18")
        calendar.settle()
    after = shown(calendar, event)
    assert (after["status"], after["completedAt"]) == ("completed", to_text(START + MINUTE))
    assert [(one["postId"], one["postUrl"]) for one in after["publications"]] == [
        ("17", "https://example.com/17"),
        ("18", None),
    ]
    updates = [one["detail"]["events"] for one in calendar.told if one["detail-type"] == "calendar_update"]
    assert [one["type"] for one in updates[-1]] == ["event_updated", "event_completed"]


def test_what_is_refused_leaves_the_event_open_says_why_and_is_tried_when_the_event_is_moved(calendar, shelf):
    shelf.refuses["facebook"] = Refusal("the text is too long")
    event = calendar.plan(**A_POST)
    with frozen_at(START):
        calendar.sweep()
        (kept,) = shelf.kept.values()
        services("demo").moments.take({"event": event, "post": {"publication": kept.id, "post_id": "17"}})
        calendar.settle()

    assert (shown(calendar, event)["status"], shown(calendar, event)["completedAt"]) == ("in_progress", None)
    (told,) = [one["detail"] for one in calendar.told if one["detail-type"] == "publication_failed"]
    assert (told["channel"], told["error"], told["session_id"]) == ("facebook", "the text is too long", "s-1")

    shelf.refuses.clear()
    with frozen_at(START + MINUTE):
        change(calendar, event, startTime=to_text(START + 5 * MINUTE))
    with frozen_at(START + 5 * MINUTE):
        calendar.sweep()
    assert [one.channel for one in shelf.kept.values()] == ["instagram", "facebook"]
    assert publications(calendar, event) == {"instagram": "published", "facebook": "publishing"}


def test_who_dies_after_handing_over_hands_over_the_same_again(calendar, shelf, monkeypatch):
    event = calendar.plan(**A_POST)
    store, dies = CalendarStore.go_on, [True]

    def go_on(self, before, after, *rest):
        if after.publications and after.publications[0].status == "publishing" and dies:
            dies.clear()
            raise ConnectionError
        store(self, before, after, *rest)

    monkeypatch.setattr(CalendarStore, "go_on", go_on)
    with frozen_at(START):
        with pytest.raises(ConnectionError):
            services("demo").moments.attend(event)
        ended(event, shown(calendar, event)["publications"][0], post_id="17")
        calendar.sweep()

    assert publications(calendar, event) == {"instagram": "published", "facebook": "publishing"}
    assert (len(shelf.asked), len(shelf.kept)) == (3, 2)


def test_without_an_account_the_event_says_what_to_do(calendar):
    event = calendar.plan(**A_POST)
    with frozen_at(START):
        calendar.sweep()

    assert publications(calendar, event) == {"instagram": "no_account", "facebook": "no_account"}
    assert "no account of Instagram" in shown(calendar, event)["publications"][0]["error"]


def test_what_came_of_a_post_of_an_event_that_is_gone_is_nothing(calendar):
    services("demo").moments.take({"event": "gone", "post": {"publication": "p", "error": "x"}})
    assert PostEnded("p").error is None


def test_each_occurrence_of_a_series_is_reminded_of_and_published_once_also_where_it_was_moved_to(calendar, shelf):
    day = timedelta(days=1)
    weekly = {"recurrence": {"type": "weekly", "count": 3}, "reminders": [{"minutes": 60, "type": "email"}]}
    event = calendar.plan(**A_POST | {"startTime": to_text(START + MINUTE)}, **weekly)
    assert calendar.held() == ["at(2026-06-30T12:01:00)"]
    second = f"{event}_20260707T130100Z"
    change(calendar, second, startTime=to_text(START + 8 * day))

    published = []
    for at in (START + MINUTE, START + 7 * day + MINUTE, START + 8 * day, START + 14 * day + MINUTE):
        with frozen_at(at - 60 * MINUTE):
            calendar.sweep()
        with frozen_at(at):
            calendar.sweep()
            calendar.sweep()
        published.append(len(shelf.kept))
    assert (published, calendar.reminders(), calendar.held()) == ([2, 2, 4, 6], [("email", 60)] * 3, [])

    with frozen_at(START + 15 * day):
        for one in shown(calendar, event)["publications"]:
            ended(event, one, post_id="17")
        calendar.settle()
    assert {one["occurrence"] for one in shown(calendar, second)["publications"]} == {"20260707T130100Z"}
    assert (shown(calendar, second)["status"], shown(calendar, event)["status"]) == ("completed", "scheduled")
