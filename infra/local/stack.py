"""The local stack's life: up, down and reset, each in steps which can be repeated after any interruption."""

import json
import os
import secrets
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from infra.local import deployment, platforms
from infra.local.deployment import Deployment
from infra.local.errors import LauncherError
from infra.local.front_door import Configuration
from infra.local.processes import (
    WITH_PARENT,
    AlreadyHeldError,
    Daemon,
    hold,
    port_is_free,
    require_free_port,
    wait_until,
)
from infra.local.service import Service
from infra.local.settings import BACKLOG_PATH, HEALTH_PATH, LOOPBACK, Settings

START_SECONDS = 30
STALL_SECONDS = 60
"""As long as one batch of a consumer may take."""

SAVE_SECONDS = 60
_LOWEST_PORT, _PORTS = 20_000, 12_000

Step = Callable[[str], AbstractContextManager[Callable[[str], None]]]
"""Shows one step while it is under way: entered with its name, it gives a function which shows how far it is."""


def silent(_name: str) -> AbstractContextManager[Callable[[str], None]]:
    """Show nothing of a step."""
    return nullcontext(lambda _: None)


@dataclass(frozen=True)
class Running:
    """A stack which is up: `found` when it was before, `redeployed` when its code was brought up to date."""

    settings: Settings
    service: Service
    found: bool
    redeployed: bool

    @property
    def url(self) -> str:
        """The front door, which adds the local key."""
        return self.settings.front_door_url

    @property
    def api_url(self) -> str:
        """The API itself, as it would be on AWS: without a key it answers 401."""
        return self.service.deployment.api_url(self.settings)

    @property
    def key(self) -> str:
        """The admin key of organisation `demo`."""
        return self.settings.key_file.read_text()

    def backlog(self) -> int:
        """Return how many stream records have not been handled by their consumers yet."""
        return unread_records(self.settings)


class LocalStack:
    """The stack which lives in one state folder; `step` shows what it is doing.

    It outlives the launcher unless `with_launcher` ties it to this process.
    """

    def __init__(self, settings: Settings, step: Step = silent, with_launcher: bool = False) -> None:
        self._settings = settings
        self._step = step
        self._tie = [WITH_PARENT] if with_launcher else []
        self._emulator = Daemon("emulator", settings.state, settings.logs / "emulator.log")
        self._front_door = Daemon("front-door", settings.state, settings.logs / "front-door.log")

    def up(self) -> Running:
        """Start what does not run, deploy what has changed, and return the running stack."""
        self._settings.prepare()
        with self._alone():
            found = self._emulator.alive()
            if found:
                self._require_same_ports()
            else:
                self._start_emulator()
            deployed, redeployed = self._deploy()
            service = Service(self._settings, deployed)
            with self._step("Checking the key of organisation demo"):
                service.ensure_key()
            platforms.tell(self._settings)
            self._recover(service)
            self._open_front_door(service)
            return Running(self._settings, service, found, redeployed)

    def down(self) -> bool:
        """Stop orderly and keep the state; return whether anything was running."""
        if not self._settings.state.is_dir():
            return False
        with self._alone():
            found = self._emulator.alive() or self._front_door.alive()
            self._front_door.stop(START_SECONDS)
            if self._emulator.alive():
                self._stop_emulator()
            return found

    def reset(self) -> None:
        """Stop at once and remove everything the launcher keeps, but nothing else that may be in the folder."""
        if not self._settings.state.is_dir():
            return
        with self._alone():
            self._front_door.kill()
            self._emulator.kill()
            for path in self._settings.owned():
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            descriptor = hold(self._settings.state / "launcher.lock")
        except AlreadyHeldError:
            raise LauncherError("Another start or stop of this stack is under way: wait for it to end.") from None
        try:
            yield
        finally:
            os.close(descriptor)

    def _require_same_ports(self) -> None:
        if json.loads(self._settings.ports_file.read_text()) != self._settings.ports:
            raise LauncherError("The stack already runs on other ports: run `make down` before choosing new ones.")

    def _start_emulator(self) -> None:
        settings = self._settings
        require_free_port(settings.emulator_port, "WATCHBILL_EMULATOR_PORT")
        if not self._front_door.alive():
            require_free_port(settings.front_door_port, "WATCHBILL_PORT")
        if settings.running_marker.exists():
            settings.lost_marker.touch()
        # Unpacked functions of an emulator that was killed.
        shutil.rmtree(settings.scratch)
        settings.scratch.mkdir(mode=0o700)
        settings.running_marker.touch()
        settings.ports_file.write_text(json.dumps(settings.ports))
        settings.write_environment_file()
        with self._step("Starting the AWS emulator"):
            command = [sys.executable, "-m", "infra.local.emulator", *self._tie]
            self._emulator.start(command, settings.emulator_environment())
            self._wait_for(self._emulator, lambda: _answers(settings.emulator_url + HEALTH_PATH))

    def _deploy(self) -> tuple[Deployment, bool]:
        with self._step("Building the Lambda layers"):
            deployment.build()
        wanted = deployment.fingerprint()
        deployed = Deployment.read(self._settings)
        # What an unclean stop lost may include the last deployment.
        if deployed is not None and deployed.fingerprint == wanted and not self._settings.lost_marker.exists():
            return deployed, False
        with self._step("Deploying the service with cdk deploy"):
            return deployment.deploy(self._settings, wanted), True

    def _recover(self, service: Service) -> None:
        """After an unclean stop, make the figures agree with the runs that survived."""
        if not self._settings.lost_marker.exists():
            return
        with self._step("The last stop was not orderly: rebuilding the figures") as show:
            service.rebuild(lambda percentage: show(f"{percentage:.0f} %"))
        self._settings.lost_marker.unlink()

    def _open_front_door(self, service: Service) -> None:
        settings = self._settings
        wanted = Configuration(
            port=settings.front_door_port,
            api_url=service.deployment.api_url(settings),
            key=settings.key_file.read_text(),
            web_socket_url=service.deployment.web_socket_url(settings),
        )
        path = settings.front_door_file
        if self._front_door.alive():
            if path.is_file() and Configuration.read(path) == wanted:
                return
            self._front_door.stop(START_SECONDS)
        require_free_port(settings.front_door_port, "WATCHBILL_PORT")
        wanted.write(path)
        with self._step("Opening the front door"):
            command = [sys.executable, "-m", "infra.local.front_door", str(path), *self._tie]
            self._front_door.start(command, os.environ)
            self._wait_for(self._front_door, lambda: not port_is_free(settings.front_door_port))

    def _stop_emulator(self) -> None:
        with self._step("Waiting until every change is counted") as show:
            drained = self._drain(show)
        with self._step("Saving the state"):
            orderly = self._emulator.stop(SAVE_SECONDS)
        if drained and orderly:
            self._settings.running_marker.unlink(missing_ok=True)

    def _drain(self, show: Callable[[str], None]) -> bool:
        """Wait for the stream's consumers as long as they get anywhere; return whether they finished."""
        try:
            left = unread_records(self._settings)
            while left:
                show(f"{left:,} left")
                if not wait_until(partial(self._has_fewer_unread, left), STALL_SECONDS):
                    return False
                left = unread_records(self._settings)
        except httpx.TransportError:
            return False
        return True

    def _has_fewer_unread(self, before: int) -> bool:
        return unread_records(self._settings) < before

    def _wait_for(self, daemon: Daemon, ready: Callable[[], bool]) -> None:
        if wait_until(lambda: ready() or not daemon.alive(), START_SECONDS) and daemon.alive():
            return
        raise LauncherError(f"The {daemon.name} did not start: {daemon.last_words()} (more in {daemon.log})")


def unread_records(settings: Settings) -> int:
    """Return how many stream records the emulator's consumers have not finished."""
    return int(httpx.get(settings.emulator_url + BACKLOG_PATH, timeout=10).json()["records"])


@contextmanager
def running(state: Path, front_door_port: int = 0, emulator_port: int = 0) -> Iterator[Running]:
    """Bring up a complete stack of its own in the empty folder `state`, and remove it; port 0 means a free one.

    The stack ends with this process even when that is killed.
    """
    settings = Settings(state.resolve(), front_door_port or free_port(), emulator_port or free_port())
    stack = LocalStack(settings, with_launcher=True)
    try:
        yield stack.up()
    finally:
        stack.reset()


def free_port() -> int:
    """Return a port of 127.0.0.1 nothing listens on now.

    It is below those that systems give to outgoing connections, any of which might take it before it is listened on.
    """
    while True:
        port = _LOWEST_PORT + secrets.randbelow(_PORTS)
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        return port


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.TransportError:
        return False
