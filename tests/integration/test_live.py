"""The live channel through its handlers: who gets in, what is told to whom, in which order, and what is replayed."""

from datetime import timedelta

import pytest

from tests.support.bus import Bus
from tests.support.local_table import every_item
from tests.support.sockets import BROADCAST, TICKETS, Refused, gateway_of, key_with, on_the_bus, runs_on_the_bus, seqs
from tests.support.steps import post_run, prepare
from tests.support.tasks import tasks_of
from watchbill.platform import clock, keys
from watchbill.platform.clock import frozen_at
from watchbill.platform.items import to_key
from watchbill.realtime import broadcaster, rules


@pytest.fixture
def gateway(service, channels, monkeypatch):
    """The WebSocket API."""
    return gateway_of(service, monkeypatch)


def later(**how_long):
    return frozen_at(clock.now() + timedelta(**how_long))


def connections():
    """The sockets that the table knows."""
    return [key.pk.split("#")[2] for key in map(to_key, every_item()) if keys.CONNECTION.parse(key)]


def stored_events():
    return [item for item in every_item() if "#ROOMEVENTS#" in item["pk"]["S"]]


def test_a_ticket_opens_one_socket_and_says_where(service, key, gateway):
    answer = service.request("POST", TICKETS, key=key)
    ticket = answer.json["ticket"]

    assert answer.json["url"] == "wss://live.example.com/live"
    gateway.open_with(ticket)
    with pytest.raises(Refused, match="403"):
        gateway.open_with(ticket)


def test_a_ticket_is_good_for_a_minute_and_the_table_does_not_hold_it(service, key, gateway):
    late, in_time = gateway.ticket(key), gateway.ticket(key)

    assert late not in str(every_item())
    with later(seconds=59):
        gateway.open_with(in_time)
    with later(seconds=61), pytest.raises(Refused, match="403"):
        gateway.open_with(late)


@pytest.mark.parametrize("ticket", [None, "", "wbt_", "wbt_demo_" + "a" * 43, "wbt_other_" + "a" * 43, "x" * 5_000])
def test_what_is_no_ticket_opens_nothing(gateway, key, ticket):
    with pytest.raises(Refused, match="403"):
        gateway.open_with(ticket)


def test_a_new_socket_is_greeted_and_told_the_notifications_to_everybody(service, key, gateway):
    socket = gateway.open(key)
    gateway.greet()
    bus = Bus(service)
    answer = service.request("POST", BROADCAST, {"message": "Back at noon", "level": "warning"}, key=key)

    assert socket.came[0]["event"] == "connection_established"
    assert socket.came[0]["data"] == {"connectionId": socket.id}
    assert answer.status == 202
    gateway.tell(*bus.heard())
    (told,) = socket.events("system")
    assert (told["event"], told["seq"], told["data"]["message"]) == ("system_notification", 1, "Back at noon")
    assert told["data"]["level"] == "warning"


def test_a_socket_that_is_greeted_before_it_is_open_is_greeted_again_and_one_that_stays_shut_forgotten(
    key, gateway, monkeypatch
):
    monkeypatch.setattr(broadcaster, "_GREETED_AGAIN", 0)
    slow, never = gateway.open(key), gateway.open(key)
    never.vanish()
    slow.shut = 1

    assert gateway.greet() == 2 + 2 + 1
    assert [each["event"] for each in slow.came] == ["connection_established"]
    assert connections() == [slow.id]


def test_a_run_that_is_recorded_is_told_in_its_room_and_to_who_has_joined_it_only(service, key, gateway):
    ours, elsewhere = gateway.open(key), gateway.open(key)
    prepare(service, key)
    bus = Bus(service)

    assert ours.join("runs") == {"seq": 0, "complete": True, "replayed": 0}
    elsewhere.join("tasks")
    run = post_run(service, key)
    gateway.tell(*bus.settle())

    (told,) = ours.events()
    assert (told["event"], told["room"], told["seq"]) == ("run_recorded", "runs", 1)
    assert [each["run_id"] for each in told["data"]["runs"]] == [run["run_id"]]
    assert told["timestamp"].endswith("Z")
    assert elsewhere.events() == []


def test_each_change_of_a_task_is_told_once_though_it_is_put_on_the_bus_twice_and_in_other_company(
    service, key, gateway, monkeypatch
):
    tasks = tasks_of(service, key, monkeypatch)
    socket = gateway.open(key)
    socket.join("tasks")
    bus = Bus(service)

    task = tasks.make()
    tasks.go_on()
    for event in bus.settle():
        gateway.tell(event)

    changes = [each for event in socket.events("tasks") for each in event["data"]["tasks"]]
    once = {each["event_id"]: each["status"] for each in changes}
    assert sorted(once.values()) == ["completed", "pending", "processing", "queued"]
    assert {each["task_id"] for each in changes} == {task["id"]}
    assert len({(event["seq"], each["event_id"]) for event in socket.events() for each in event["data"]["tasks"]}) == 4


def test_an_event_that_comes_twice_or_in_other_company_keeps_its_number(key, gateway):
    socket = gateway.open(key)
    socket.join("runs")

    gateway.tell(runs_on_the_bus("ab"))
    gateway.tell(runs_on_the_bus("ab"), runs_on_the_bus("bc"))
    gateway.tell(runs_on_the_bus("c"), runs_on_the_bus("d", cause=None))
    gateway.tell(runs_on_the_bus("de", cause=None))

    found = {each["seq"]: [run["event_id"] for run in each["data"]["runs"]] for each in socket.events()}
    assert found == {1: ["a", "b"], 2: ["c"], 3: ["d"], 4: ["e"]}
    assert len(stored_events()) == 4


def test_a_room_that_nobody_watches_costs_no_write(key, gateway):
    socket = gateway.open(key)
    socket.join("runs")
    before = every_item()

    gateway.tell(on_the_bus("anomaly_opened"), runs_on_the_bus("a", organisation="other"))

    assert every_item() == before


def test_who_comes_back_is_told_what_was_missed_in_order_and_goes_on_live(key, gateway):
    first = gateway.open(key)
    first.join("runs")
    gateway.tell(runs_on_the_bus("a"))
    first.close()
    for event in "bcd":
        gateway.tell(runs_on_the_bus(event, cause=event))

    second = gateway.open(key)
    answer, *missed = second.say("join_room", room="runs", after=1)
    gateway.tell(runs_on_the_bus("e", cause="e"))

    assert answer["data"] == {"seq": 4, "complete": True, "replayed": 3}
    assert seqs(missed) == [2, 3, 4]
    assert seqs(second.events("runs")) == [2, 3, 4, 5]


def test_who_was_away_for_longer_than_a_room_is_kept_is_told_so(key, gateway):
    first = gateway.open(key)
    first.join("runs")
    gateway.tell(runs_on_the_bus("a"))
    first.close()

    with later(minutes=12):
        gateway.tell(runs_on_the_bus("b", cause="b"))
        second = gateway.open(key)
        answers = second.say("join_room", room="runs", after=1)
        gateway.tell(runs_on_the_bus("c", cause="c"))

    assert [each["data"] for each in answers] == [{"seq": 2, "complete": False, "replayed": 0}]
    assert seqs(second.events("runs")) == [3]


@pytest.mark.parametrize(("after", "complete"), [(0, True), (3, True), (4, False), (10**12, False)])
def test_a_position_that_the_room_never_had_is_not_complete(key, gateway, after, complete):
    socket = gateway.open(key)
    socket.join("runs")
    for event in "abc":
        gateway.tell(runs_on_the_bus(event, cause=event))

    assert socket.join("runs", after=after)["complete"] is complete


def test_more_than_is_replayed_is_looked_at_anew(key, gateway, monkeypatch):
    monkeypatch.setattr(rules, "MOST_REPLAYED", 2)
    socket = gateway.open(key)
    socket.join("runs")
    for event in "abc":
        gateway.tell(runs_on_the_bus(event, cause=event))

    assert socket.join("runs", after=1) == {"seq": 3, "complete": True, "replayed": 2}
    assert socket.join("runs", after=0) == {"seq": 3, "complete": False, "replayed": 0}


def test_another_organisation_s_client_joins_the_room_of_the_same_name_and_sees_nothing_of_ours(service, key, gateway):
    theirs = gateway.open(service.organisation("other"))
    ours = gateway.open(key)
    for socket in (theirs, ours):
        socket.join("runs", after=0)
        socket.say("join_session", sessionId="s", after=0)

    gateway.tell(runs_on_the_bus("a"), on_the_bus("system_notification", message="hello"))
    gateway.tell(of_session("s"))

    assert [each["event"] for each in ours.events()] == ["run_recorded", "system_notification", "agent_update"]
    assert theirs.events() == []
    assert theirs.join("runs", after=0)["seq"] == 0


def of_session(session, kind="execution_completed", **data):
    told = {"agent_id": "a", "task_id": "t", "campaign_id": "c", "session_id": session, "data": {"ms": 1}} | data
    return on_the_bus(kind, **{"id": f"of {session} {kind}"} | told)


def test_a_session_is_told_how_far_its_campaign_is_and_what_is_scheduled_under_their_own_names(key, gateway):
    socket, other = gateway.open(key), gateway.open(key)
    socket.say("join_session", sessionId="s")
    other.join("campaigns")

    for number, name in enumerate(("strategy_created", "content_scheduled", "halfway")):
        gateway.tell(of_session("s", "custom_event", id=f"told {number}", name=name, campaign_id=None))

    assert [(each["event"], each["data"].get("step")) for each in socket.events()] == [
        ("campaign_update", "strategy_created"),
        ("content_scheduled", None),
        ("agent_update", None),
    ]
    assert other.events() == []


def test_a_session_is_told_of_its_agents_at_work(key, gateway):
    socket, other = gateway.open(key), gateway.open(key)
    (joined,) = socket.say("join_session", sessionId="s")
    other.say("join_session", sessionId="t")
    other.join("campaigns")

    gateway.tell(of_session("s", "execution_started"), of_session("s", "execution_failed"))

    assert (joined["event"], joined["sessionId"]) == ("session_joined", "s")
    assert [(each["sessionId"], each["seq"], each["event"]) for each in socket.events()] == [
        ("s", 1, "agent_update"),
        ("s", 2, "agent_update"),
    ]
    assert socket.events()[0]["data"] == {
        "type": "agent_started",
        "agent": "catalogue-crawler",
        "taskId": "t",
        "progress": 0,
        "data": {"ms": 1},
    }
    assert socket.events()[1]["data"]["error"] == {"ms": 1}
    assert [each["data"]["type"] for each in other.events()] == ["execution_started", "execution_failed"]


@pytest.mark.parametrize("room", ["keys", "alerts"])
def test_rooms_of_what_only_admins_may_see_are_for_admins(service, key, gateway, room):
    reader = gateway.open(key_with(service, key, "read"))
    admin = gateway.open(key)

    (answer,) = reader.say("join_room", room=room)

    assert (answer["event"], answer["data"]["code"]) == ("error", "forbidden")
    assert admin.join(room)["complete"]


def test_a_key_without_the_scope_to_read_has_no_ticket_and_one_without_admin_tells_nobody(service, key):
    ingest, read = key_with(service, key, "ingest"), key_with(service, key, "read")

    assert service.request("POST", TICKETS, key=ingest).status == 403
    assert service.request("POST", BROADCAST, {"message": "x"}, key=read).status == 403


def test_who_leaves_is_told_no_more(key, gateway):
    socket = gateway.open(key)
    socket.join("runs")
    socket.say("join_session", sessionId="s")

    answers = socket.say("leave_room", room="runs") + socket.say("leave_session", sessionId="s")
    answers += socket.say("leave_room", room="runs")
    gateway.tell(runs_on_the_bus("a"), of_session("s"))

    assert [each["event"] for each in answers] == ["room_left", "session_left", "room_left"]
    assert socket.events() == []
    (refused,) = socket.say("leave_room", room="system")
    assert refused["data"]["code"] == "unprocessable_content"


def test_a_ping_tells_how_far_the_rooms_are(key, gateway):
    socket = gateway.open(key)
    socket.join("runs")
    socket.say("join_session", sessionId="s")
    gateway.tell(runs_on_the_bus("a"))

    (pong,) = socket.say("ping")

    assert pong["event"] == "pong"
    assert pong["data"]["positions"] == [
        {"room": "system", "seq": 0},
        {"room": "runs", "seq": 1},
        {"sessionId": "s", "seq": 0},
    ]


def test_a_gone_socket_is_forgotten_at_its_first_failed_send_and_the_others_are_told(key, gateway):
    gone, here = gateway.open(key), gateway.open(key)
    for socket in (gone, here):
        socket.join("runs")
    gone.vanish()

    with later(seconds=11):
        gateway.tell(runs_on_the_bus("a"))

    assert seqs(here.events("runs")) == [1]
    assert connections() == [here.id]


def test_a_stuck_socket_is_closed_and_its_client_has_replayed_what_it_missed(key, gateway):
    stuck = gateway.open(key)
    stuck.join("runs")
    stuck.stuck = True

    with later(seconds=11):
        gateway.tell(runs_on_the_bus("a"))
        assert stuck.id not in gateway.open_sockets
        back = gateway.open(key)
        back.join("runs", after=0)

    assert seqs(back.events("runs")) == [1]


def test_a_message_through_a_socket_that_was_given_up_is_answered_by_an_error(key, gateway):
    socket = gateway.open(key)
    socket.close()
    gateway.open_sockets[socket.id] = socket

    for message in ({"action": "join_room", "room": "runs"}, {"action": "ping"}):
        (answer,) = socket.say(**message)
        assert (answer["event"], answer["data"]["code"]) == ("error", "conflict")


def test_the_sockets_of_a_revoked_key_are_closed(service, key, gateway):
    reader = key_with(service, key, "read")
    theirs, ours = gateway.open(reader), gateway.open(key)
    issued = service.request("GET", "/api/keys", key=key).json["items"]
    (key_id,) = (each["id"] for each in issued if each["name"] == "some")
    bus = Bus(service)

    service.request("DELETE", f"/api/keys/{key_id}", key=key)
    gateway.tell(*bus.settle())

    assert set(gateway.open_sockets) == {ours.id}
    assert connections() == [ours.id] != [theirs.id]


def test_an_organisation_opens_no_more_sockets_than_its_limit(key, gateway, monkeypatch):
    monkeypatch.setattr(rules, "MOST_CONNECTIONS", 2)
    gateway.open(key)
    second = gateway.open(key)

    with pytest.raises(Refused, match="429"):
        gateway.open(key)
    second.close()
    gateway.open(key)
