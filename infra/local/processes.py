"""Processes which outlive the launcher: started detached, found again, stopped; a held file lock says one is alive.

A process id alone lies after a crash, when the number belongs to somebody else. The kernel drops a lock with the
last process holding it, so a lock that can be taken means that the process is gone, whatever its file says.
"""

import fcntl
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.errors import LauncherError
from infra.local.settings import LOOPBACK
from infra.packaging import ROOT

POLL_SECONDS = 0.05


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Poll `done` for at most `seconds`; return whether it came true."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def port_is_free(port: int) -> bool:
    """Tell whether nothing listens on `port` of 127.0.0.1."""
    with socket.socket() as probe:
        # Connections of a server that just stopped linger; only a listener stands in the way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def require_free_port(port: int, setting: str) -> None:
    """Raise `LauncherError` naming the `setting` to change when `port` is taken."""
    if not port_is_free(port):
        raise LauncherError(
            f"Port {port} is in use by another program: stop that one, or choose another port: make up {setting}=…"
        )


WITH_PARENT = "--with-parent"


def end_with_parent(arguments: Sequence[str]) -> None:
    """Where the arguments ask for it, stop this process when the one that started it is gone, however that ended."""
    if WITH_PARENT not in arguments:
        return
    parent, own = os.getppid(), os.getpid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(own, signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


class AlreadyHeldError(Exception):
    """Another process holds the lock."""


def hold(path: Path, kind: int = fcntl.LOCK_EX) -> int:
    """Take the lock `path` and return its open file descriptor; raise `AlreadyHeldError` when it is held."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyHeldError(str(path)) from None
    return descriptor


@dataclass
class Daemon:
    """One detached process called `name`, with its lock in `folder` and its output in `log`."""

    name: str
    folder: Path
    log: Path
    _started: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def _lock(self) -> Path:
        return self.folder / f"{self.name}.pid"

    def alive(self) -> bool:
        """Tell whether the process runs, no matter who started it."""
        if not self._lock.is_file():
            return False
        try:
            # Shared, so that two who ask at once do not take each other for the process.
            os.close(hold(self._lock, fcntl.LOCK_SH))
        except AlreadyHeldError:
            return True
        return False

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start `command`, which keeps running when the launcher ends; raise `AlreadyHeldError` if it runs already."""
        descriptor = hold(self._lock)
        try:
            with self.log.open("ab") as output:
                self._started = subprocess.Popen(
                    command,
                    env=dict(environment),
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    pass_fds=(descriptor,),
                )
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(self._started.pid).encode())
        finally:
            os.close(descriptor)

    def stop(self, seconds: float) -> bool:
        """Ask the process to end and wait for it; after `seconds` end it. Return whether it ended by itself."""
        if self.alive():
            self._signal(signal.SIGTERM)
        orderly = wait_until(lambda: not self.alive(), seconds)
        if not orderly:
            self.kill()
        self._reap()
        return orderly

    def kill(self) -> None:
        """End the process without asking."""
        if self.alive():
            self._signal(signal.SIGKILL)
            wait_until(lambda: not self.alive(), seconds=5)
        self._reap()

    def last_words(self) -> str:
        """Return the last line of the log, for an error message."""
        lines = self.log.read_text(errors="replace").split("\n") if self.log.is_file() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.kill(int(self._lock.read_text()), number)
        except (ProcessLookupError, ValueError):
            # It ended between the question and the signal, or was killed before it wrote its number.
            return

    def _reap(self) -> None:
        if self._started is not None:
            self._started.wait()
            self._started = None
