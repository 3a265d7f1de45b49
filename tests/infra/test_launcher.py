"""The launcher's decisions: ports, stale processes, unclean stops, whose files a reset removes, what it says."""

import os
import signal
import socket
import stat
import subprocess
import sys

import pytest

from infra.local import __main__ as command
from infra.local import deployment
from infra.local.deployment import Deployment, fingerprint
from infra.local.errors import LauncherError
from infra.local.processes import AlreadyHeldError, Daemon, hold, port_is_free, require_free_port, wait_until
from infra.local.settings import LOOPBACK, Settings
from infra.local.stack import LocalStack, free_port
from infra.packaging import BUILT_LAYERS, ROOT, PackagingError, Target, build_layers

SLEEPER = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)",
]


@pytest.fixture
def settings(tmp_path):
    found = Settings(tmp_path / "state", free_port(), free_port())
    found.prepare()
    return found


@pytest.fixture
def daemon(tmp_path):
    made = Daemon("sleeper", tmp_path, tmp_path / "sleeper.log")
    yield made
    made.kill()


def start(daemon, command):
    daemon.start(command, os.environ)
    assert wait_until(lambda: "ready" in daemon.last_words(), seconds=10)


def listening(port):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((LOOPBACK, port))
    server.listen()
    return server


class TestSettings:
    def test_the_defaults_are_the_documented_ones(self):
        found = Settings.from_environment({})

        assert (found.front_door_port, found.emulator_port, found.state.name) == (9999, 4566, ".watchbill")

    def test_the_environment_changes_folder_and_ports(self, tmp_path):
        environment = {"WATCHBILL_STATE": str(tmp_path), "WATCHBILL_PORT": "1234", "WATCHBILL_EMULATOR_PORT": "4321"}

        assert Settings.from_environment(environment) == Settings(tmp_path, 1234, 4321)

    @pytest.mark.parametrize("text", ["", "0", "65536", "-1", "http", "12.5", "٣"])
    def test_what_is_not_a_port_is_refused_by_name(self, text):
        with pytest.raises(LauncherError, match=r"^WATCHBILL_PORT is .* which is not a port"):
            Settings.from_environment({"WATCHBILL_PORT": text})

    def test_only_the_user_may_look_into_the_state(self, settings):
        settings.write_environment_file()

        assert stat.S_IMODE(settings.state.stat().st_mode) == 0o700
        assert stat.S_IMODE(settings.environment_file.stat().st_mode) == 0o600

    def test_an_aws_client_is_told_of_the_emulator_only(self, settings):
        environment = settings.aws_environment()

        assert environment["AWS_ENDPOINT_URL"] == f"http://127.0.0.1:{settings.emulator_port}"
        assert environment["AWS_CONFIG_FILE"] == environment["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull

    def test_nothing_of_the_user_s_own_account_reaches_the_functions(self, settings):
        inherited = {"AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "x", "POWERTOOLS_DEV": "1", "HOME": "/home/me"}

        environment = settings.emulator_environment(inherited)

        assert environment["HOME"] == "/home/me"
        assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "POWERTOOLS_DEV"} & set(environment)

    def test_the_emulator_is_told_where_real_language_models_are(self, settings):
        inherited = {"MINISTACK_BEDROCK_PROXY_URL": "http://127.0.0.1:11434", "MINISTACK_REGION": "eu-west-1"}

        environment = settings.emulator_environment(inherited)

        assert environment["MINISTACK_BEDROCK_PROXY_URL"] == "http://127.0.0.1:11434"
        assert environment["MINISTACK_REGION"] == "us-east-1"

    def test_the_emulator_is_bound_to_loopback_and_enforces_policies(self, settings):
        environment = settings.emulator_environment({})

        assert (environment["BIND_HOST"], environment["AUTH"]) == ("127.0.0.1", "true")


class TestPorts:
    def test_a_port_somebody_listens_on_is_not_free(self):
        port = free_port()

        with listening(port):
            assert not port_is_free(port)
        assert port_is_free(port)

    def test_a_taken_port_is_named_with_the_setting_that_changes_it(self):
        port = free_port()

        with listening(port), pytest.raises(LauncherError, match=f"^Port {port} is in use .* WATCHBILL_PORT"):
            require_free_port(port, "WATCHBILL_PORT")


class TestDaemons:
    def test_a_started_process_is_found_by_a_later_launcher_and_stopped(self, daemon, tmp_path):
        start(daemon, SLEEPER)
        later = Daemon("sleeper", tmp_path, tmp_path / "sleeper.log")

        assert later.alive()
        assert later.stop(seconds=10) is True
        assert not daemon.alive()

    def test_it_leads_a_session_of_its_own_so_that_closing_the_terminal_leaves_it(self, daemon, tmp_path):
        start(daemon, SLEEPER)

        pid = int((tmp_path / "sleeper.pid").read_text())
        assert os.getsid(pid) == pid

    def test_a_second_start_is_refused_while_the_first_runs(self, daemon):
        start(daemon, SLEEPER)

        with pytest.raises(AlreadyHeldError):
            daemon.start(SLEEPER, os.environ)

    def test_a_stale_number_that_belongs_to_another_process_now_is_left_alone(self, daemon, tmp_path):
        (tmp_path / "sleeper.pid").write_text(str(os.getpid()))

        assert not daemon.alive()
        assert daemon.stop(seconds=1) is True

    def test_a_killed_process_is_known_to_be_gone_although_its_file_stays(self, daemon, tmp_path):
        start(daemon, SLEEPER)
        os.kill(int((tmp_path / "sleeper.pid").read_text()), signal.SIGKILL)

        assert wait_until(lambda: not daemon.alive(), seconds=10)
        assert (tmp_path / "sleeper.pid").is_file()

    def test_one_that_does_not_end_when_asked_is_ended_and_that_is_no_orderly_stop(self, daemon):
        start(daemon, STUBBORN)

        assert daemon.stop(seconds=0.2) is False
        assert not daemon.alive()

    def test_its_last_words_explain_a_failed_start(self, daemon):
        daemon.start([sys.executable, "-c", "raise SystemExit('no disk left')"], os.environ)

        assert wait_until(lambda: not daemon.alive(), seconds=10)
        assert daemon.last_words() == "no disk left"

    def test_one_tied_to_its_launcher_ends_when_that_is_killed(self, daemon, tmp_path):
        tied = f"""
from infra.local.processes import WITH_PARENT, end_with_parent
end_with_parent([WITH_PARENT])
{SLEEPER[-1]}
"""
        launcher = f"""
import os, sys
from pathlib import Path
from infra.local.processes import Daemon, wait_until
daemon = Daemon("sleeper", Path({str(tmp_path)!r}), Path({str(daemon.log)!r}))
daemon.start([sys.executable, "-c", {tied!r}], os.environ)
wait_until(lambda: "ready" in daemon.last_words(), seconds=10)
os.kill(os.getpid(), 9)
"""
        subprocess.run([sys.executable, "-c", launcher], cwd=ROOT, check=False)

        assert "ready" in daemon.last_words()
        assert wait_until(lambda: not daemon.alive(), seconds=10)

    def test_a_process_that_never_ran_is_not_alive(self, daemon):
        assert not daemon.alive()
        assert daemon.last_words() == "it said nothing"


class TestStack:
    def test_two_launchers_do_not_work_on_one_stack(self, settings):
        descriptor = hold(settings.state / "launcher.lock")

        with pytest.raises(LauncherError, match=r"^Another start or stop of this stack is under way"):
            LocalStack(settings).up()
        os.close(descriptor)

    def test_a_taken_port_stops_the_start_before_anything_runs(self, settings):
        with listening(settings.front_door_port), pytest.raises(LauncherError, match="WATCHBILL_PORT"):
            LocalStack(settings).up()

        assert not settings.running_marker.exists()

    def test_there_is_nothing_to_stop_where_nothing_was_started(self, tmp_path):
        assert LocalStack(Settings(tmp_path / "none", 1, 2)).down() is False
        assert not (tmp_path / "none").exists()

    def test_a_reset_leaves_what_is_not_the_launcher_s(self, settings):
        (settings.state / "mine.txt").write_text("precious")
        settings.key_file.write_text("wb_demo_x")
        (settings.emulator_state / "dynamodb.json").write_text("{}")

        LocalStack(settings).reset()

        left = {path.name for path in settings.state.iterdir()}
        assert left == {"mine.txt", "launcher.lock"}

    def test_the_figures_are_rebuilt_after_an_unclean_stop_and_only_then(self, settings):
        rebuilt = []

        class Service:
            def rebuild(self, show):
                show(50)
                rebuilt.append(True)

        LocalStack(settings)._recover(Service())
        assert not rebuilt

        settings.lost_marker.touch()
        LocalStack(settings)._recover(Service())
        LocalStack(settings)._recover(Service())
        assert len(rebuilt) == 1

    def test_an_interrupted_rebuild_is_begun_again(self, settings):
        class Interrupted:
            def rebuild(self, _show):
                raise KeyboardInterrupt

        settings.lost_marker.touch()

        with pytest.raises(KeyboardInterrupt):
            LocalStack(settings)._recover(Interrupted())
        assert settings.lost_marker.exists()

    def test_changed_ports_of_a_running_stack_are_refused(self, settings):
        settings.ports_file.write_text('{"front_door": 1, "emulator": 2}')

        with pytest.raises(LauncherError, match="already runs on other ports"):
            LocalStack(settings)._require_same_ports()


class TestDeployments:
    def test_a_deployment_survives_its_file(self, settings):
        made = Deployment("abc", {"ApiId": "a1"})

        made.write(settings)

        assert Deployment.read(settings) == made
        assert made.api_url(settings) == f"http://127.0.0.1:{settings.emulator_port}/_aws/execute-api/a1/$default"

    def test_there_is_none_before_the_first(self, settings):
        assert Deployment.read(settings) is None

    @pytest.mark.parametrize(("kind", "moves"), [("AWS::ApiGatewayV2::Route", True), ("AWS::SQS::Queue", False)])
    def test_functions_that_the_service_s_own_stack_still_holds_are_removed_before_they_are_made_anew(
        self, settings, monkeypatch, kind, moves
    ):
        class CloudFormation:
            def get_paginator(self, _):
                return self

            def paginate(self, **_):
                yield {"StackResourceSummaries": [{"ResourceType": "AWS::DynamoDB::Table"}]}
                yield {"StackResourceSummaries": [{"ResourceType": kind}]}

        monkeypatch.setattr(deployment, "client", lambda *_: CloudFormation())
        assert not deployment._holds_functions(settings)

        Deployment("abc", {}).write(settings)

        assert deployment._holds_functions(settings) is moves

    @pytest.mark.parametrize("layer", BUILT_LAYERS, ids=lambda layer: layer.name)
    def test_another_built_layer_is_another_deployment(self, layer, monkeypatch, tmp_path):
        monkeypatch.setattr("infra.packaging.DEPENDENCIES", tmp_path)
        for each in BUILT_LAYERS:
            each.stamp(Target.HOST).write_text("as it was built")
        before = fingerprint()

        layer.stamp(Target.HOST).write_text("another")
        after = fingerprint()
        layer.stamp(Target.HOST).write_text("as it was built")

        assert before != after
        assert fingerprint() == before


class TestCommand:
    def test_trouble_is_one_sentence_and_a_failure_never_a_traceback(self, monkeypatch, capsys):
        monkeypatch.setenv("WATCHBILL_PORT", "http")

        assert command.main(["up"]) == 1
        assert capsys.readouterr().out.strip() == "✗ WATCHBILL_PORT is 'http', which is not a port between 1 and 65535."

    def test_a_folder_that_cannot_be_used_is_one_sentence_too(self, monkeypatch, tmp_path, capsys):
        (tmp_path / "file").write_text("no folder")
        monkeypatch.setenv("WATCHBILL_STATE", str(tmp_path / "file" / "state"))

        assert command.main(["up"]) == 1
        said = capsys.readouterr().out
        assert said.startswith("✗ `up` failed: [Errno")
        assert said.count("\n") == 1

    def test_an_unknown_command_is_answered_with_the_known_ones(self, capsys):
        assert command.main(["restart"]) == 2
        assert "up|down|reset" in capsys.readouterr().out

    def test_uv_s_absence_is_said_in_one_sentence(self, monkeypatch):
        monkeypatch.setattr("infra.packaging.find_uv", lambda: "uv-which-is-not-there")

        with pytest.raises(PackagingError, match=r"^uv is not installed: run `make bootstrap`"):
            build_layers(Target.HOST)
