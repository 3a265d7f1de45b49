"""What goes wrong is said once in a while, and goes no further."""

import asyncio

import pytest

from watchbill_client.performance.complaints import Complaints


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_same_trouble_is_said_once_a_minute_with_what_went_unsaid(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    complaints = Complaints(interval=60, clock=clock)

    for clock.now in (0, 1, 59, 60, 61, 125):
        complaints.say("Trouble", f"at {clock.now}")

    assert [record.getMessage() for record in caplog.records] == [
        "Trouble: at 0",
        "Trouble: at 60 (2 more like this since the last message)",
        "Trouble: at 125 (1 more like this since the last message)",
    ]


def test_another_trouble_is_said_at_once(caplog: pytest.LogCaptureFixture) -> None:
    complaints = Complaints()

    complaints.say("Trouble", 1)
    complaints.say("Other trouble", 2)

    assert [record.getMessage() for record in caplog.records] == ["Trouble: 1", "Other trouble: 2"]


def test_a_guarded_error_goes_no_further(caplog: pytest.LogCaptureFixture) -> None:
    with Complaints().guard("Trouble"):
        raise LookupError("nothing there")

    assert caplog.messages == ["Trouble: LookupError: nothing there"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3), asyncio.CancelledError()])
def test_what_is_meant_for_the_program_passes_the_guard(error: BaseException) -> None:
    with pytest.raises(type(error)) as caught, Complaints().guard("Trouble"):
        raise error

    assert caught.value is error
