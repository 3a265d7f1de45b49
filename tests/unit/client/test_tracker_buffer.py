"""The buffer: order, bounds, batches, and who is woken when."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from watchbill_client.performance.buffer import MOST_BYTES, Buffer


def drained(buffer: Buffer) -> list[bytes]:
    found: list[bytes] = []
    while batch := buffer.take():
        found += batch
    return found


@given(
    capacity=st.integers(1, 20),
    batch_size=st.integers(1, 8),
    steps=st.lists(st.sampled_from(["put", "put", "put", "take", "take and put back"]), max_size=80),
)
def test_every_record_is_taken_once_in_order_or_counted_as_dropped(
    capacity: int, batch_size: int, steps: list[str]
) -> None:
    buffer, put, taken = Buffer(capacity, batch_size), 0, list[bytes]()

    for step in steps:
        if step == "put":
            buffer.put(b"%06d" % put)
            put += 1
        else:
            batch = buffer.take()
            assert len(batch) <= batch_size
            if step == "take":
                taken += batch
            else:
                buffer.put_back(batch)
        assert len(buffer) <= capacity

    taken += drained(buffer)
    assert taken == sorted(set(taken))
    assert len(taken) + buffer.dropped == buffer.tracked == put


def test_the_oldest_makes_room() -> None:
    buffer = Buffer(capacity=3, batch_size=10)

    for number in range(5):
        buffer.put(b"%d" % number)

    assert (buffer.take(), buffer.dropped) == ([b"2", b"3", b"4"], 2)


def test_what_is_put_back_is_older_than_what_came_meanwhile() -> None:
    buffer = Buffer(capacity=3, batch_size=2)
    for number in range(3):
        buffer.put(b"%d" % number)

    batch = buffer.take()
    buffer.put(b"3")
    buffer.put_back(batch)

    assert (drained(buffer), buffer.dropped) == ([b"1", b"2", b"3"], 1)


def test_a_batch_is_bounded_in_bytes() -> None:
    buffer = Buffer(capacity=1_000, batch_size=1_000)
    for _ in range(300):
        buffer.put(b"x" * 16_000)

    assert sum(len(record) for record in buffer.take()) < MOST_BYTES + 16_384


def woken(buffer: Buffer, longest: float) -> tuple[threading.Thread, list[bool]]:
    """A thread that waits for a batch, and what it will have been told."""
    told: list[bool] = []
    since = buffer.closings
    thread = threading.Thread(target=lambda: told.append(buffer.wait_for_batch(longest, since)), daemon=True)
    thread.start()
    return thread, told


def test_a_whole_batch_wakes_whoever_waits() -> None:
    buffer = Buffer(capacity=10, batch_size=2)
    thread, told = woken(buffer, longest=60)

    buffer.put(b"1")
    buffer.put(b"2")
    thread.join(5)

    assert told == [True]


def test_what_is_put_back_wakes_whoever_waits() -> None:
    buffer = Buffer(capacity=10, batch_size=5)
    thread, told = woken(buffer, longest=0.01)

    buffer.put_back([b"1", b"2"])
    thread.join(5)

    assert told == [True]


def test_closing_wakes_whoever_waits_and_those_who_come_later_wait_anew() -> None:
    buffer = Buffer(capacity=10, batch_size=5)
    first, told = woken(buffer, longest=60)

    buffer.close()
    first.join(5)
    second, told_later = woken(buffer, longest=0.01)
    buffer.put(b"1")
    second.join(5)

    assert (told, told_later) == ([False], [True])
