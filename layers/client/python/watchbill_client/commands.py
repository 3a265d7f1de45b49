"""A command as a worker's function: the task as JSON on its standard input, its answer on its standard output."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from watchbill_client.tasking import LeasedTask
from watchbill_client.worker import TaskFailed

_LOOK_S, _LAST_WORDS_S = 0.1, 3.0
_TAIL = 2_000


class Command:
    """Runs a command for each task. Where it does not exit with 0 the attempt has failed, and another may succeed.

    What it prints is the answer: JSON, or else text. What it writes to standard error goes where the worker's goes,
    and the end of it into the failure. When the task is over before the command is, the command is ended too.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = tuple(arguments)

    def __call__(self, task: LeasedTask) -> Any:
        """Run the command. Raises TaskFailed."""
        # In a session of its own: an interrupt at the terminal is for the worker, which lets its commands finish.
        pipe = subprocess.PIPE
        with subprocess.Popen(  # noqa: S603  # running what it is told to is what it is for
            self._arguments, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True, text=True
        ) as process:
            told = task.model_dump_json(exclude={"lease_token", "lease_until"})
            printed, complaints = _communicate(process, told, task)
        sys.stderr.write(complaints)
        if process.returncode != 0:
            raise TaskFailed(_why(process.returncode, complaints), type="CommandFailed")
        return _answer(printed)


def _communicate(process: "subprocess.Popen[str]", told: str, task: LeasedTask) -> tuple[str, str]:
    left_to_tell: str | None = told
    while True:
        try:
            return process.communicate(left_to_tell, timeout=_LOOK_S)
        except subprocess.TimeoutExpired:
            # What it has not read yet is kept, and told by the next call, which takes nothing more.
            left_to_tell = None
            if task.is_over:
                process.terminate()
                return _last_words(process)


def _last_words(process: "subprocess.Popen[str]") -> tuple[str, str]:
    try:
        return process.communicate(timeout=_LAST_WORDS_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()


def _why(code: int, complaints: str) -> str:
    ended = f"it was ended by signal {-code}" if code < 0 else f"it exited with {code}"
    said = complaints.strip()[-_TAIL:]
    return f"{ended}: {said}" if said else ended


def _answer(printed: str) -> Any:
    try:
        return json.loads(printed)
    except ValueError:
        return printed.strip() or None
