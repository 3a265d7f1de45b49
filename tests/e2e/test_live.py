"""The live channel over the wire: what happens arrives, what a break lost comes after it, who is gone is forgotten."""

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from infra.local.aws import client
from infra.local.processes import wait_until
from infra.stages import SOCKET_STAGE
from watchbill.platform import keys

ARRIVAL_SECONDS = 30
"""Cold functions, on a machine that is busy."""
AGENT = "live-agent"
RUNS = f"/api/v1/agents/{AGENT}/versions/1.0.0/runs"
NODE = Path(sys.executable).with_name("node")
SCRIPT = Path(__file__).with_name("live_client.mjs")


@pytest.fixture(scope="module")
def agent(front_door):
    """An agent whose runs are told of."""
    front_door.prepare(AGENT, "1.0.0")


def post(front_door, run):
    body = {"id": run, "created": "2026-03-10T12:00:00Z", "status": "completed"}
    return front_door.post(RUNS, body)["run_id"]


class Follower:
    """A process that says on each line what it was told."""

    def __init__(self, process):
        self.process = process
        self.seen = []
        self._lines = Queue()
        self.reader = Thread(target=self._read)
        self.reader.start()

    def until(self, event):
        """What it tells of next, up to this event."""
        while True:
            try:
                told = json.loads(self._lines.get(timeout=ARRIVAL_SECONDS))
            except Empty:
                raise AssertionError(f"no {event} after {self.seen}") from None
            self.seen.append(told)
            if told["event"] == event:
                return told

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line)


@contextmanager
def following(*command):
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        follower = Follower(process)
        try:
            yield follower
            process.stdin.close()
            assert process.wait(ARRIVAL_SECONDS) == 0
        finally:
            process.kill()
            follower.reader.join()


def sockets(stack):
    """What sends through the stack's sockets, and closes them."""
    api = stack.service.deployment.outputs["SocketApiId"]
    return client(stack.settings, "apigatewaymanagementapi", path=f"/_aws/execute-api/{api}/{SOCKET_STAGE}")


def test_a_page_s_client_is_told_of_a_run_and_after_a_break_of_what_it_missed_once(stack, front_door, agent):
    with following(NODE, SCRIPT, stack.url) as page:
        page.until("room_joined")
        first = post(front_door, 1)
        told = page.until("run_recorded")
        greeted = [each for each in page.seen if each["event"] == "connection_established"]
        greeting = greeted[0] if greeted else page.until("connection_established")
        sockets(stack).delete_connection(ConnectionId=greeting["data"]["connectionId"])
        page.until("disconnected")
        second = post(front_door, 2)
        missed = page.until("run_recorded")
        front_door.post("/api/admin/broadcast", {"message": "all hands"})
        page.until("system_notification")

    runs = {each["seq"]: [run["run_id"] for run in each["data"]["runs"]] for each in (told, missed)}
    assert runs == {told["seq"]: [first], told["seq"] + 1: [second]}
    names = [each["event"] for each in page.seen]
    assert (names.count("connected"), names.count("run_recorded"), names.count("missed")) == (2, 2, 0)


def test_the_command_prints_what_happens(stack, front_door, agent):
    command = Path(sys.executable).with_name("watchbill")
    with following(command, "watch", "runs", "--count", "1", "--json", "--url", stack.url) as watch:
        numbers = iter(range(100, 200))
        posted = []

        def ended():
            posted.append(post(front_door, next(numbers)))
            return watch.process.poll() is not None

        assert wait_until(ended, ARRIVAL_SECONDS)
        told = watch.until("run_recorded")

    assert told["room"] == "runs"
    assert told["data"]["runs"][0]["run_id"] in posted


def test_a_ticket_opens_one_socket_whose_end_is_noticed(stack, front_door):
    ticket = front_door.post("/api/realtime/tickets", {})
    address = f"{ticket['url']}?ticket={ticket['ticket']}"
    with connect(address, proxy=None) as socket:
        told = json.loads(socket.recv(timeout=ARRIVAL_SECONDS))
        with pytest.raises(InvalidStatus, match="403"):
            connect(address, proxy=None)

    def known():
        key = keys.CONNECTION("demo", told["data"]["connectionId"])
        table = stack.service.deployment.outputs["TableName"]
        item = {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
        return "Item" in client(stack.settings, "dynamodb").get_item(TableName=table, Key=item)

    assert told["event"] == "connection_established"
    assert wait_until(lambda: not known(), ARRIVAL_SECONDS)
