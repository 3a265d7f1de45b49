"""The peers of the task queue, each measured by a script with an environment of its own."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypedDict

from benchmarks.task_figures import Counts, Figures
from infra.packaging import ROOT

PEERS = {"dbos": "DBOS, SQLite", "celery": "Celery, filesystem", "prefect": "Prefect, SQLite"}
_SCRIPTS = Path(__file__).parent / "peers"


class _Told(TypedDict):
    version: str
    spaced_ms: list[float]
    per_second: float


def peers(names: Sequence[str], counts: Counts) -> Iterator[Figures]:
    """What is measured of each of the peers, one after the other; all that they write is removed."""
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            told = _told(name, counts, folder)
        yield Figures(f"{PEERS[name]} ({told['version']})", told["spaced_ms"], told["per_second"])


def _told(name: str, counts: Counts, folder: str) -> _Told:
    command = [uv(), "run", "--quiet", "--no-project", "--script", str(_SCRIPTS / f"{name}_tasks.py")]
    done = subprocess.run(
        [*command, "--spaced", str(counts.spaced), "--burst", str(counts.burst)],
        cwd=folder,
        env={**os.environ, "PEER_FOLDER": folder},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name} could not be measured: {done.stderr.strip()[-2_000:]}")
    told: _Told = json.loads(done.stdout.splitlines()[-1])
    return told


def uv() -> str:
    """Where `make` has installed uv, or one that is there anyhow."""
    path = os.pathsep.join([str(ROOT / ".tools" / "bin"), os.environ.get("PATH", os.defpath)])
    found = shutil.which("uv", path=path)
    if found is None:
        raise RuntimeError("uv is not installed: run `make bootstrap`")
    return found
