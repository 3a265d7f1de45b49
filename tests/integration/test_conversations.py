"""Conversations through their handlers: what is told of them, the runs that messages are, and sessions that end."""

from datetime import timedelta

import pytest

from tests.support.bus import Bus
from tests.support.deliveries import delivered_to
from tests.support.local_table import Stream
from tests.support.sockets import as_message, gateway_of
from tests.support.steps import a_session, get
from watchbill.conversations.models import CHAT_AGENT
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at

SESSION, HISTORY = "/api/sessions/a-session", "/api/chat/a-session"


@pytest.fixture
def gateway(service, channels, monkeypatch):
    """The WebSocket API."""
    return gateway_of(service, monkeypatch)


def expired(record):
    """The record of the stream that says that the table has removed an item, in the place of the last one of it."""
    image = record["dynamodb"]["NewImage"]
    change = {name: value for name, value in record["dynamodb"].items() if name != "NewImage"} | {"OldImage": image}
    service = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    return record | {"eventName": "REMOVE", "dynamodb": change, "userIdentity": service}


def test_a_message_is_answered_and_kept_in_the_session_s_history(service, key):
    answer = a_session(service, key, "Hola", negocio="Panadería")

    assert (answer["status"], answer["sessionId"], answer["taskIds"]) == ("completed", "a-session", [])
    assert answer["context"]["negocio"] == "Panadería"
    assert answer["decision"]["intent"] == "smalltalk"
    said, reply = reversed(get(service, key, HISTORY)["items"])
    assert (said["role"], said["message"], said["id"]) == ("user", "Hola", answer["messageId"])
    assert (reply["role"], reply["message"], reply["answers"]) == ("assistant", answer["reply"], 1)


def test_a_message_of_no_session_begins_one(service, key):
    answer = service.request("POST", "/api/chat", {"message": "Hello"}, key=key)

    assert answer.status == 202
    assert get(service, key, f"/api/sessions/{answer.json['sessionId']}")["messages"] == 2


def test_a_session_s_preferences_are_changed_and_shown(service, key):
    a_session(service, key, preferencias={"tono": "formal", "contenido": ["video"]})

    change = {"preferences": {"language": "en", "tone": None}}
    answer = service.request("PATCH", SESSION, change, key=key)

    assert answer.status == 200
    likes = get(service, key, SESSION)["preferences"]
    assert likes == answer.json["preferences"]
    assert (likes["language"], likes["tone"], likes["contentTypes"]) == ("en", None, ["video"])


def test_every_message_is_one_run_with_the_reply_as_its_output_however_often_the_stream_tells_of_it(service, key):
    stream = Stream()
    stream.records()
    answer = a_session(service, key, "Hola")
    records = delivered_to("rollups", stream.records())

    for some in (records, records[::-1]):
        service.invoke("rollups", {"Records": some})

    (run,) = get(service, key, f"/api/v1/agents/{CHAT_AGENT}/runs")
    assert (run["trigger"], run["session_id"], run["status"]) == ("chat", "a-session", "completed")
    assert (run["input"], run["output"]) == ("Hola", answer["reply"])


def test_what_is_said_through_a_socket_is_answered_there_once(service, key, gateway):
    socket, bus = gateway.open(key), Bus(service)
    socket.say("join_session", sessionId="a-session")
    socket.say("user_message", sessionId="a-session", message="Hola", messageId="m-1")
    (said,) = bus.heard()

    for _ in range(2):
        service.invoke("conversation_worker", {"Records": [as_message(said)]})
    for event in bus.settle():
        gateway.tell(event)

    (reply,) = socket.events()
    assert (reply["event"], reply["sessionId"], reply["data"]["messageId"]) == ("chat_response", "a-session", "m-1")
    assert (reply["data"]["status"], reply["data"]["questions"]) == ("completed", [])
    assert get(service, key, SESSION)["messages"] == 2


def test_a_session_that_expires_is_told_of_whether_the_table_removes_it_or_another_begins_before(service, key, gateway):
    socket, bus, stream = gateway.open(key), Bus(service), Stream()
    socket.say("join_session", sessionId="a-session")
    a_session(service, key)
    with frozen_at(clock.now() + timedelta(minutes=31)):
        assert service.request("GET", SESSION, key=key).status == 404
        a_session(service, key)
    (*_, last) = (each for each in stream.records() if each["dynamodb"]["Keys"]["sk"]["S"] == "CONVERSATION")
    bus.settle()
    service.invoke("outbox", {"Records": [expired(last)]})
    told = bus.heard()
    gateway.tell(*told)

    assert [(each["detail-type"], each["detail"]["reason"]) for each in told] == [("session_expired", "expired")]
    assert socket.events()[-1]["event"] == "session_expired"


def test_a_session_that_is_deleted_is_gone_and_told_of(service, key, channels):
    a_session(service, key)
    bus = Bus(service)

    assert service.request("DELETE", SESSION, key=key).status == 204
    assert service.request("DELETE", SESSION, key=key).status == 404

    (told,) = bus.settle()
    assert (told["detail-type"], told["detail"]["reason"], told["detail"]["messages"]) == (
        "session_expired",
        "deleted",
        2,
    )
    assert service.request("GET", HISTORY, key=key).status == 404
