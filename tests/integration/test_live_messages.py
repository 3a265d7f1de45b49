"""What clients say through their sockets: limits, what is answered by an error, and what people say."""

import pytest

from tests.support.bus import Bus
from tests.support.sockets import BROADCAST, gateway_of, key_with
from watchbill.realtime import rules


@pytest.fixture
def gateway(service, channels, monkeypatch):
    """The WebSocket API."""
    return gateway_of(service, monkeypatch)


def test_a_socket_joins_no_more_rooms_than_its_limit(key, gateway, monkeypatch):
    monkeypatch.setattr(rules, "MOST_ROOMS", 2)
    socket = gateway.open(key)
    socket.join("runs")
    socket.say("join_session", sessionId="s")

    (refused,) = socket.say("join_room", room="tasks")

    assert refused["data"]["code"] == "unprocessable_content"
    assert socket.join("runs")["complete"]
    socket.say("leave_session", sessionId="s")
    assert socket.join("tasks")["complete"]


BAD = {
    "nothing": ("", "bad_request", "needs a JSON body"),
    "no JSON": ("{", "bad_request", "not JSON"),
    "an array": ("[1]", "bad_request", "must be a JSON object"),
    "no action": ("{}", "bad_request", "action"),
    "an unknown action": ('{"action": "dance"}', "bad_request", "join_room"),
    "a number for an action": ('{"action": 1}', "bad_request", "join_room"),
    "no room": ('{"action": "join_room"}', "bad_request", "room: field required"),
    "an unknown room": ('{"action": "join_room", "room": "kitchen"}', "not_found", "there is no room 'kitchen'"),
    "a room and more": ('{"action": "join_room", "room": "runs", "x": 1}', "bad_request", "x: extra inputs"),
    "a negative position": ('{"action": "join_room", "room": "runs", "after": -1}', "bad_request", "after"),
    "text for a position": ('{"action": "join_room", "room": "runs", "after": "1"}', "bad_request", "after"),
    "an empty session": ('{"action": "join_session", "sessionId": ""}', "bad_request", "sessionId"),
    "a session of many characters": (
        '{"action": "join_session", "sessionId": "' + "s" * 201 + '"}',
        "bad_request",
        "sessionId",
    ),
    "too long": ('{"action": "' + "x" * 20_000 + '"}', "content_too_large", "at most 16,000 bytes"),
    "a lone surrogate": ('{"action": "join_session", "sessionId": "\\ud800"}', "bad_request", ""),
    "a name twice": ('{"action": "ping", "action": "ping"}', "bad_request", "twice"),
    "a message to nobody": (
        '{"action": "user_message", "sessionId": "s", "message": "x"}',
        "unprocessable_content",
        "join the session",
    ),
}


def test_what_a_client_should_not_have_sent_is_answered_by_an_error_and_its_socket_stays_open(key, gateway):
    socket = gateway.open(key)

    for what, (text, code, names) in BAD.items():
        (answer,) = socket.say(raw=text)
        assert (answer["event"], answer["data"]["code"]) == ("error", code), what
        assert names in answer["data"]["detail"], what
        assert "seq" not in answer
    assert socket.join("runs")["complete"]


def test_what_a_person_says_in_a_session_is_acknowledged_when_the_bus_has_it(service, key, gateway):
    bus = Bus(service)
    socket = gateway.open(key)
    socket.say("join_session", sessionId="s")

    (answer,) = socket.say("user_message", sessionId="s", message="¡Hola!", messageId="m-1")
    socket.say("user_message", sessionId="s", message="¡Hola!", messageId="m-1")
    (unnamed,) = socket.say("user_message", sessionId="s", message="¿Y?")
    first, again, other = bus.heard()

    assert (answer["event"], answer["sessionId"]) == ("message_acknowledged", "s")
    assert answer["data"] == {"messageId": "m-1"}
    assert first["detail-type"] == "user_message"
    said = first["detail"]
    assert (said["session_id"], said["message"], said["message_id"]) == ("s", "¡Hola!", "m-1")
    assert first["detail"]["id"] == again["detail"]["id"] != other["detail"]["id"]
    assert other["detail"]["message_id"] == unnamed["data"]["messageId"]


def test_who_may_only_read_says_nothing(service, key, gateway):
    socket = gateway.open(key_with(service, key, "read"))
    socket.say("join_session", sessionId="s")

    (answer,) = socket.say("user_message", sessionId="s", message="Hola")

    assert answer["data"]["code"] == "forbidden"


def test_a_broadcast_is_made_once_for_an_idempotency_key(service, key):
    bus = Bus(service)
    first, again = (
        service.request("POST", BROADCAST, {"message": "x"}, key=key, headers={"Idempotency-Key": "k"}) for _ in "ab"
    )

    assert first.json == again.json
    assert len(bus.heard()) == 1
