# /// script
# requires-python = ">=3.11"
# dependencies = ["prefect==3.8.8", "fastapi==0.139.0"]
# ///
"""Prefect: background tasks of a server with SQLite, served by a task worker. Measured as `driver.py` says."""

import os
import socket
import sys
import urllib.request

from driver import FOLDER, measure, serving, started


def free_port() -> int:
    """Return a port of 127.0.0.1 nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PORT = int(os.environ.setdefault("PEER_PORT", str(free_port())))
API = f"http://127.0.0.1:{PORT}/api"
# Prefect reads its settings when it is imported.
os.environ |= {
    "PREFECT_HOME": str(FOLDER / "home"),
    "PREFECT_API_URL": API,
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}

from prefect import task  # noqa: E402
from prefect.task_worker import serve  # noqa: E402


@task
def nothing(number: int) -> None:
    """Do nothing."""
    started(number)


def answers() -> bool:
    """Whether the server is up."""
    try:
        with urllib.request.urlopen(f"{API}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def main() -> None:
    """Work until the process is ended, or measure against a server of its own."""
    if "worker" in sys.argv:
        serve(nothing)
        return
    server = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(PORT)]
    with serving(server, answers):
        measure("prefect", nothing.delay)


if __name__ == "__main__":
    main()
