"""What the launcher adds to the emulator: who may ask it, how far consumers are, what is let go of when."""

import asyncio
import json
from threading import Event

import pytest
from ministack.core import iam_actions
from ministack.services import dynamodb, lambda_svc

from infra.local import consumers, parameters
from infra.local.emulator import LocalGateway, StreamPositions
from infra.local.settings import API_PREFIX, BACKLOG_PATH

SCOPE = ("000000000000", "us-east-1")
TABLE = "things"


@pytest.fixture
def stream():
    """The emulator's stream of one table, with nothing in it and nobody reading it."""
    records = []
    dynamodb._stream_records.set_scoped(*SCOPE, TABLE, records)
    yield records
    dynamodb.reset()
    lambda_svc._esms.clear()
    lambda_svc._dynamodb_stream_positions.clear()


def consumer(name, position=None, enabled=True):
    arn = f"arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}/stream/2026"
    lambda_svc._esms.set_scoped(*SCOPE, name, {"EventSourceArn": arn, "Enabled": enabled})
    if position is not None:
        lambda_svc._dynamodb_stream_positions.set_scoped(*SCOPE, name, position)


def unread(name):
    """What the emulator would give this consumer next."""
    position = lambda_svc._dynamodb_stream_positions.get_scoped(*SCOPE, name)
    found = dynamodb.stream_records_since(TABLE, position, 100, account_id=SCOPE[0], region=SCOPE[1])
    return [record["n"] for record in found]


def test_the_backlog_is_what_every_consumer_still_has_to_read(stream):
    stream.extend({"n": n} for n in range(10))
    consumer("quick", 9)
    consumer("slow", 4)
    consumer("new")

    assert StreamPositions().backlog() == 1 + 6 + 10


def test_a_disabled_consumer_does_not_hold_up_a_stop(stream):
    stream.extend({"n": n} for n in range(10))
    consumer("off", 0, enabled=False)

    assert StreamPositions().backlog() == 0


def test_a_queue_s_consumer_is_no_stream_s(stream):
    lambda_svc._esms.set_scoped(*SCOPE, "queue", {"EventSourceArn": "arn:aws:sqs:us-east-1:000000000000:jobs"})

    assert StreamPositions().backlog() == 0


def test_only_what_everyone_has_read_is_let_go_of_and_nobody_notices(stream):
    stream.extend({"n": n} for n in range(10))
    consumer("quick", 9)
    consumer("slow", 4)

    StreamPositions().release()

    assert [record["n"] for record in stream] == [4, 5, 6, 7, 8, 9]
    assert (unread("quick"), unread("slow")) == ([9], [4, 5, 6, 7, 8, 9])
    assert StreamPositions().backlog() == 1 + 6


def test_letting_go_twice_and_reading_on_changes_nothing(stream):
    stream.extend({"n": n} for n in range(10))
    consumer("one", 4)

    StreamPositions().release()
    StreamPositions().release()
    stream.append({"n": 10})
    consumer("one", 10)
    StreamPositions().release()

    assert unread("one") == [10]


def test_a_consumer_that_has_read_nothing_keeps_everything(stream):
    stream.extend({"n": n} for n in range(3))
    consumer("quick", 3)
    consumer("new")

    StreamPositions().release()

    assert len(stream) == 3


def test_after_a_start_a_consumer_reads_the_new_stream_from_its_beginning(stream):
    consumer("kept", 100)
    stream.extend({"n": n} for n in range(3))

    StreamPositions().forget()

    assert StreamPositions().backlog() == 3


class Streams:
    """Stream positions of a stopped clock."""

    def backlog(self):
        return 7


def ask(path, headers=()):
    """Send one request through the gateway; return its status and body, and what reached the emulator."""
    reached, sent = [], []

    async def emulator(scope, receive, send):
        reached.append(dict(scope["headers"]))

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "path": path, "headers": list(headers)}
    asyncio.run(LocalGateway(emulator, Streams())(scope, receive, send))
    return (sent[0]["status"], json.loads(sent[1]["body"])) if sent else None, reached


def test_the_gateway_answers_how_far_the_consumers_are_behind():
    assert ask(BACKLOG_PATH) == ((200, {"records": 7}), [])


@pytest.mark.parametrize("path", ["/", "/_ministack/reset", "/_aws/lambda-url/x", "/bucket/key"])
def test_a_web_page_reaches_nothing_of_the_emulator(path):
    answer, reached = ask(path, [(b"origin", b"https://elsewhere.example")])

    assert answer[0] == 403
    assert not reached


def test_a_web_page_reaches_the_api_which_has_its_own_rules_and_no_words_put_into_its_mouth():
    answer, reached = ask(f"{API_PREFIX}a1/$default/", [(b"origin", b"http://localhost:3000")])

    assert answer is None
    assert reached == [{b"origin": b"http://localhost:3000"}]


def test_loopback_counts_as_secure_for_policies_that_demand_tls():
    _, reached = ask("/")

    assert reached == [{b"x-forwarded-proto": b"https"}]


def test_a_stream_is_read_beside_the_queues_as_soon_as_something_is_written(monkeypatch):
    monkeypatch.setattr(dynamodb, "esm_wake", dynamodb.esm_wake)
    reading, go_on = Event(), Event()

    def read() -> bool:
        reading.set()
        go_on.wait(30)
        return False

    monkeypatch.setattr(lambda_svc, "_poll_dynamodb_streams", read)
    consumers.install()
    dynamodb.esm_wake.set()

    assert reading.wait(30)
    assert lambda_svc._poll_dynamodb_streams() is False, "the loop of the queues does not wait for it"
    go_on.set()


@pytest.mark.parametrize(
    ("action", "asked", "resource"),
    [
        ("GetParametersByPath", {"Path": "/watchbill/social", "Recursive": True}, "parameter/watchbill/social"),
        ("GetParameter", {"Name": "/watchbill/social/x"}, "parameter/watchbill/social/x"),
    ],
)
def test_parameters_are_read_by_whoever_may_read_those(monkeypatch, action, asked, resource):
    monkeypatch.setattr(iam_actions, "extract_resource_arn", iam_actions.extract_resource_arn)
    parameters.install()

    headers, body = {"x-amz-target": f"AmazonSSM.{action}"}, json.dumps(asked).encode()
    found = iam_actions.extract_resource_arn("ssm", "POST", "/", headers, body, {}, "us-east-1", "1")

    assert found == f"arn:aws:ssm:us-east-1:1:{resource}"
