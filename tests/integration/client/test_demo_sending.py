"""The demo over the wire: everything arrives, and writing it again adds nothing."""

import subprocess
import sys
from datetime import UTC, datetime

from examples.demo.cast import AGENTS
from examples.demo.send import send
from examples.demo.story import Chapter, Story
from tests.integration.client.service import Service
from watchbill_client import Watchbill

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def ignore(chapter: Chapter, arrived: int) -> None:
    """Nobody watches the progress."""


def test_writing_the_demo_twice_stores_it_once(client: Watchbill, service: Service) -> None:
    chapters = list(Story(NOON, runs=900).chapters())

    first = send(client, chapters, ignore)
    stored = {agent: dict(runs) for agent, runs in service.runs.items()}
    second = send(client, chapters, ignore)

    assert first.runs == second.runs == sum(len(chapter.runs) for chapter in chapters)
    assert first.rejected == []
    assert service.runs == stored
    assert set(service.agents) == {agent.name for agent in AGENTS}


def test_the_demo_reports_its_progress_in_runs(client: Watchbill) -> None:
    chapters = list(Story(NOON, runs=5_000, days=5).chapters())
    steps: list[int] = []

    sent = send(client, chapters, lambda _, arrived: steps.append(arrived))

    assert sum(steps) == sent.runs
    assert max(steps) == 500


def test_the_demo_runs_as_a_program(url: str, service: Service) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "examples.demo", "--runs", "300", "--days", "3"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert result.returncode == 0, result.stderr
    stored = sum(len(runs) for runs in service.runs.values())
    assert (
        f"Wrote {stored} runs of {sum(len(versions) for versions in service.versions.values())} versions"
        in result.stdout
    )


def test_the_demo_without_a_service_is_one_sentence_and_exit_code_1() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "examples.demo", "--url", "http://127.0.0.1:9", "--runs", "10"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert result.returncode == 1
    assert result.stderr.startswith("Error: Nothing answers at http://127.0.0.1:9;")
