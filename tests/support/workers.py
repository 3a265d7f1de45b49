"""The local stack's processes that run functions, and how they die at their work."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

from infra.local.stack import Running

_LOOK_SECONDS = 0.005
_LOOKS = 100
_PARENT, _TICKS = 1, slice(11, 13)
"""Where `stat` says, behind the name, who started a process, and the processor time that it has taken."""


class Workers:
    """The emulator's processes that run functions."""

    def __init__(self, stack: Running) -> None:
        self._emulator = (stack.settings.state / "emulator.pid").read_text()
        self._pause = Event()

    def kill_at_work(self, function: str, seconds: float) -> bool:
        """Kill a process of a function as soon as one works; whether one did within so many seconds."""
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            before = dict(self._of(function))
            for _ in range(_LOOKS):
                self._pause.wait(_LOOK_SECONDS)
                for process in (one for one, ticks in before.items() if _ticks(one) > ticks):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)
                        return True
        return False

    def _of(self, function: str) -> Iterator[tuple[int, int]]:
        """The processes of a function, each with its processor time."""
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                process = int(entry.name)
                if _stat(process)[_PARENT] == self._emulator and _function(entry).endswith(f"-{function}"):
                    yield process, _ticks(process)


def _stat(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def _ticks(process: int) -> int:
    """The processor time that a process has taken, in the kernel's ticks; none of one that is gone."""
    with contextlib.suppress(OSError):
        return sum(map(int, _stat(process)[_TICKS]))
    return 0


def _function(process: Path) -> str:
    variables = (process / "environ").read_text().split("\0")
    return next((value.partition("=")[2] for value in variables if value.startswith("AWS_LAMBDA_FUNCTION_NAME=")), "")
