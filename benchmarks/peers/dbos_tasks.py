# /// script
# requires-python = ">=3.11"
# dependencies = ["dbos==3.4.0"]
# ///
"""DBOS: a queue in SQLite, polled by one process with its threads. Measured as `driver.py` says."""

import sys
import threading

from dbos import DBOS, DBOSClient, DBOSConfig
from driver import FOLDER, measure, started

DATABASE = f"sqlite:///{FOLDER}/dbos.sqlite"
QUEUE, WORKFLOW = "tasks", "nothing"
CONFIG: DBOSConfig = {"name": "benchmark", "system_database_url": DATABASE, "application_version": "1"}


@DBOS.workflow(name=WORKFLOW)
def nothing(number: int) -> None:
    """Do nothing."""
    started(number)


def work() -> None:
    """Work until the process is ended."""
    DBOS(config=CONFIG)
    DBOS.launch()
    DBOS.register_queue(QUEUE)
    threading.Event().wait()


def main() -> None:
    """Measure, from a process that only makes tasks."""
    DBOS(config=CONFIG)
    DBOS.launch()
    DBOS.destroy()
    client = DBOSClient(system_database_url=DATABASE)
    measure("dbos", lambda number: client.enqueue({"queue_name": QUEUE, "workflow_name": WORKFLOW}, number))


if __name__ == "__main__":
    work() if "worker" in sys.argv else main()
