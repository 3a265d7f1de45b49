"""Track a strand's work and ask how it went: `python -m examples.track_strand`, beside `make up`."""

import random
from decimal import Decimal

from rich.console import Console

from watchbill_client import WatchbillError, create_performance_tracker

tracker = create_performance_tracker()


def write(number: int) -> None:
    """A strand at work: here it only rolls dice."""
    with tracker.track("writer", {"id": f"task-{number}", "type": "summary", "user_id": "amara"}) as work:
        work.token_usage = random.randint(200, 900)
        work.cost = Decimal("0.000004") * work.token_usage
        work.quality_score = random.uniform(75, 95)
        if number % 10 == 9:
            raise TimeoutError("the model did not answer")


def main() -> None:
    """Do some work, then ask about it."""
    console = Console()
    for number in range(20):
        try:
            write(number)
        except TimeoutError:
            console.print(f"task-{number} failed; that is on record, and what to do about it is decided here, as ever")
    console.print(tracker.flush(), tracker.counts)
    console.print(tracker.get_snapshot("writer"))


if __name__ == "__main__":
    try:
        main()
    except WatchbillError as error:
        raise SystemExit(f"Error: {error}") from error
