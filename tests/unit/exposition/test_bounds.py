"""However many agents and versions there are, a scrape shows so many of them, and says how many it left out."""

from collections import Counter

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read

from watchbill.analytics.models import Cell, Measure, Rollup
from watchbill.execution.models import TaskStatus
from watchbill.exposition import rules
from watchbill.exposition.collecting import MOST_BYTES, exposition
from watchbill.exposition.models import AgentState, Snapshot, TaskState
from watchbill.platform import clock
from watchbill.registry.models import Agent


def cell(at):
    """One run at a minute."""
    return Cell({Measure.RUNS: 1, Measure.COMPLETED: 1}, Counter(), f"2026-03-10T12:{at // 60:02}:{at % 60:02}.000Z")


def state(number, name, versions):
    now = clock.now()
    agent = Agent(id=f"{number:024x}", name=name, project="p", created_at=now, updated_at=now)
    return AgentState(agent, cell(number), dict.fromkeys(versions, cell(number)))


def snapshot(*states):
    tasks = TaskState(dict.fromkeys(TaskStatus, 0), 3, False)
    return Snapshot(states, 0, 0, Cell(), Cell(), {}, tasks, "1")


def test_those_are_shown_that_worked_last():
    totals = {f"agent-{number}": Rollup({"1": cell(number)}) for number in range(rules.MOST_AGENTS + 20)}

    shown = rules.latest(totals)

    assert shown == [f"agent-{number}" for number in reversed(range(20, rules.MOST_AGENTS + 20))]


def test_of_versions_too():
    total = Rollup({f"1.{number}": cell(number) for number in range(rules.MOST_VERSIONS + 3)})

    shown = rules.latest_versions(total)

    assert set(shown) == {f"1.{number}" for number in range(3, rules.MOST_VERSIONS + 3)}


def test_names_that_would_burst_an_answer_leave_fewer_agents_and_that_is_said():
    versions = [f"{number}" + "😀" * 190 for number in range(rules.MOST_VERSIONS)]
    many = snapshot(*(state(number, f"{number}" + "😀" * 190, versions) for number in range(rules.MOST_AGENTS)))

    text = exposition(many, openmetrics=True).text

    found = {sample.name: sample.value for family in read(text) for sample in family.samples if not sample.labels}
    assert len(text.encode()) <= MOST_BYTES
    assert 0 < found["watchbill_agents_left_out"] < found["watchbill_agents"] == rules.MOST_AGENTS


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("application/openmetrics-text", True),
        ("Application/OpenMetrics-Text ; Version=1.0.0 ; charset=utf-8", True),
        ("text/plain;q=0.9, application/openmetrics-text;version=1.0.0;q=0.5", True),
        ("application/openmetrics-text;version=0.0.1", False),
        ("application/openmetrics-text;q=0", False),
        ("application/openmetrics-text;q=0.000", False),
        ("application/openmetrics-text;version=", True),
        ("text/plain", False),
        ("*/*", False),
        ("", False),
        (";;,=", False),
    ],
)
def test_openmetrics_is_written_for_who_reads_it(accept, wanted):
    assert rules.wants_openmetrics(accept) is wanted
