"""`make up`, `make down` and what survives between them, on a stack of this module's own."""

import os
import signal
import socket
import subprocess
import sys

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

from infra.local.aws import client
from infra.local.deployment import Deployment
from infra.local.processes import wait_until
from infra.local.settings import BACKLOG_PATH, HEALTH_PATH, REGION, Settings
from infra.local.stack import free_port
from infra.packaging import ROOT

AGENT = "/api/v1/agents/keeper"
COUNTED_SECONDS = 20


class Launcher:
    """The launcher's command with its own folder and ports."""

    def __init__(self, folder):
        self.settings = Settings(folder.resolve(), free_port(), free_port())
        self._environment = os.environ | {
            "WATCHBILL_STATE": str(self.settings.state),
            "WATCHBILL_PORT": str(self.settings.front_door_port),
            "WATCHBILL_EMULATOR_PORT": str(self.settings.emulator_port),
        }

    def __call__(self, command, status=0):
        done = subprocess.run(
            [sys.executable, "-m", "infra.local", command],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def emulator_pid(self):
        return int((self.settings.state / "emulator.pid").read_text())


@pytest.fixture(scope="module")
def launcher(tmp_path_factory):
    made = Launcher(tmp_path_factory.mktemp("stack"))
    try:
        yield made
    finally:
        made("reset")


@pytest.fixture
def stack(launcher):
    """The launcher of a stack which is up, whatever the test before did to it."""
    launcher("up")
    return launcher


def call(launcher, method, path, **options):
    return httpx.request(method, launcher.settings.front_door_url + path, timeout=30, **options)


def post_run(launcher, client_id):
    call(launcher, "POST", f"{AGENT}/register", json={"name": "keeper", "project": "tests"}).raise_for_status()
    call(launcher, "POST", f"{AGENT}/versions", json={"version": "1.0.0"})
    run = {"id": client_id, "created": "2026-01-02T03:04:05Z", "status": "completed", "time_taken": "2s", "cost": 0.5}
    call(launcher, "POST", f"{AGENT}/versions/1.0.0/runs", json=run).raise_for_status()


def figures(launcher):
    (row,) = call(launcher, "GET", "/api/v1/ui/agent_versions").json()
    return row["totalRuns"], row["spend"]


def counted(launcher, runs):
    return wait_until(lambda: figures(launcher) == (runs, runs * 0.5), COUNTED_SECONDS)


def table_name(launcher):
    return Deployment.read(launcher.settings).outputs["TableName"]


def test_a_start_says_where_everything_is(launcher):
    told = launcher("up")

    assert f"{launcher.settings.front_door_url}/api/docs" in told
    assert str(launcher.settings.key_file) in told
    assert launcher.settings.key_file.read_text().startswith("wb_demo_")


def test_a_second_start_finds_the_first(stack):
    pid = stack.emulator_pid()

    assert "running already" in stack("up")
    assert stack.emulator_pid() == pid


def test_the_front_door_lends_its_key_and_the_api_itself_wants_one(stack):
    deployed = Deployment.read(stack.settings)

    assert call(stack, "GET", "/api/v1/agents").status_code == 200
    assert httpx.get(deployed.api_url(stack.settings) + "/api/v1/agents").status_code == 401


def test_development_s_dashboards_may_call_the_api_and_other_pages_may_not(stack):
    def preflight(origin):
        headers = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
        return call(stack, "OPTIONS", "/api/v1/agents", headers=headers).headers

    assert preflight("http://localhost:3000")["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert "Access-Control-Allow-Origin" not in preflight("https://elsewhere.example")


def test_it_listens_on_one_loopback_address_only(stack):
    for port in stack.settings.ports.values():
        # Another address of the loopback network, which a server bound to all addresses would answer.
        with socket.socket() as probe:
            probe.settimeout(1)
            assert probe.connect_ex(("127.0.0.2", port)) != 0


def test_a_web_page_cannot_clear_the_emulator(stack):
    page = {"Origin": "https://elsewhere.example"}

    refused = httpx.post(stack.settings.emulator_url + "/_ministack/reset", headers=page)

    assert refused.status_code == 403
    assert call(stack, "GET", "/api/organisation").status_code == 200


def test_the_emulator_refuses_an_unsigned_request(stack):
    listing = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}

    refused = httpx.post(stack.settings.emulator_url, headers=listing, content=b"{}")

    assert refused.is_client_error
    assert "Authentication Token" in refused.text


def test_policies_are_enforced_so_a_grant_that_is_missing_is_missing_here_too(stack):
    identities = client(stack.settings, "iam")
    identities.create_user(UserName="nobody")
    key = identities.create_access_key(UserName="nobody")["AccessKey"]
    nobody = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)
    table = nobody.resource("dynamodb", endpoint_url=stack.settings.emulator_url).Table(table_name(stack))

    with pytest.raises(ClientError, match="not authorized to perform: dynamodb:GetItem"):
        table.get_item(Key={"pk": "demo#ORGANISATION", "sk": "ORGANISATION"})


def test_runs_figures_and_key_survive_a_stop_and_what_comes_after_is_counted(stack):
    post_run(stack, 1)
    key = stack.settings.key_file.read_text()

    stack("down")
    with pytest.raises(httpx.ConnectError):
        call(stack, "GET", "/api/v1/agents")
    stack("up")

    # Nothing waited for the counting: the stop did.
    assert figures(stack) == (1, 0.5)
    assert stack.settings.key_file.read_text() == key
    post_run(stack, 2)
    assert counted(stack, 2)


def test_a_stop_leaves_no_process_and_says_so_when_there_is_none(stack):
    stack("down")

    for port in stack.settings.ports.values():
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert "Nothing was running" in stack("down")


def test_a_front_door_that_died_is_opened_again(stack):
    os.kill(int((stack.settings.state / "front-door.pid").read_text()), signal.SIGKILL)

    stack("up")

    assert call(stack, "GET", "/api/v1/agents").status_code == 200


def test_a_half_finished_start_is_finished_by_the_next(stack):
    stack.settings.deployed_file.unlink()
    stack.settings.key_file.unlink()

    stack("up")

    assert call(stack, "GET", "/api/organisation").json()["id"] == "demo"


def test_the_backlog_is_none_when_everything_was_counted(stack):
    def backlog():
        return httpx.get(stack.settings.emulator_url + BACKLOG_PATH).json()["records"]

    post_run(stack, 2)

    assert wait_until(lambda: backlog() == 0, COUNTED_SECONDS)
    assert counted(stack, 2)


def test_after_a_kill_the_figures_agree_with_the_runs_that_survived(stack):
    stack("down")
    stack("up")
    post_run(stack, 3)
    os.kill(stack.emulator_pid(), signal.SIGKILL)
    assert wait_until(lambda: not _answers(stack), COUNTED_SECONDS)

    told = stack("up")

    assert "not orderly" in told
    survived = call(stack, "GET", f"{AGENT}/runs").json()
    assert figures(stack) == (len(survived), len(survived) * 0.5)
    assert not stack.settings.lost_marker.exists()


def _answers(launcher):
    try:
        return httpx.get(launcher.settings.emulator_url + HEALTH_PATH).is_success
    except httpx.TransportError:
        return False


def test_a_reset_leaves_nothing_behind(stack):
    stack("reset")

    assert [path.name for path in stack.settings.state.iterdir()] == ["launcher.lock"]
