# /// script
# requires-python = ">=3.11"
# dependencies = ["celery==5.7.0"]
# ///
"""Celery: messages as files in a folder, worked on by two processes. Measured as `driver.py` says."""

import sys

from celery import Celery
from driver import FOLDER, measure, started

WORKERS = 2

app = Celery("benchmark", broker="filesystem://")
app.conf.update(
    broker_transport_options={
        "data_folder_in": f"{FOLDER}/messages",
        "data_folder_out": f"{FOLDER}/messages",
        "control_folder": f"{FOLDER}/control",
    },
    task_ignore_result=True,
)


@app.task(name="nothing")
def nothing(number: int) -> None:
    """Do nothing."""
    started(number)


def main() -> None:
    """Work until the process is ended, or measure."""
    for name in ("messages", "control"):
        (FOLDER / name).mkdir(exist_ok=True)
    if "worker" in sys.argv:
        app.worker_main(["worker", "--concurrency", str(WORKERS), "--loglevel", "WARNING"])
    measure("celery", nothing.delay)


if __name__ == "__main__":
    main()
