"""A complete agent whose tasks a process of yours works on: `python -m examples.worker`, beside `make up`."""

import signal

from watchbill_client import LeasedTask, Watchbill, WatchbillError, Worker

AGENT = "word-counter"


def count_words(task: LeasedTask) -> dict[str, object]:
    """What the agent does: here it only counts."""
    words = str(task.payload["text"]).split()
    return {"output": {"words": len(words)}, "metrics": {"items_processed": len(words), "cost": 0}}


def main() -> None:
    """Register the agent, give it something to do, and work until Ctrl-C."""
    with Watchbill() as watchbill:
        watchbill.agents.register(AGENT, project="examples")
        watchbill.agents.update(AGENT, runtime={"kind": "pull"})
        watchbill.tasks.create(AGENT, "count", {"text": "who is on duty, and what each one does"})
        worker = Worker(watchbill, count_words, agents=[AGENT], watch=print)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()


if __name__ == "__main__":
    try:
        main()
    except WatchbillError as error:
        raise SystemExit(f"Error: {error}") from error
