"""The page on Prometheus names the metrics that there are, and no others."""

import re
from collections import Counter
from pathlib import Path

from prometheus_client.openmetrics.parser import text_string_to_metric_families as read

from tests.unit.exposition.test_bounds import snapshot, state
from watchbill.analytics.models import Cell, Measure
from watchbill.anomalies.models import Severity
from watchbill.exposition.collecting import exposition
from watchbill.exposition.models import AgentState

PAGE = Path(__file__).parents[3] / "docs" / "prometheus.md"


def test_every_metric_is_on_the_page_and_the_page_names_no_other():
    day = Cell({Measure.RUNS: 1, Measure.COMPLETED: 1}, Counter({1: 1}))
    one = state(1, "ada", ["1.0"])
    busy = AgentState(one.agent, one.ever, one.versions, day=day, open=dict.fromkeys(Severity, 0))
    there = snapshot(busy)

    families = read(exposition(there, openmetrics=True).text)

    named = set(re.findall(r"watchbill_\w+[a-z]\b", PAGE.read_text("utf-8")))
    given = {sample.name for family in families for sample in family.samples}
    # What is named of the organisation there is of each agent too.
    assert named - given == {"watchbill_run_duration_seconds", "watchbill_anomalies_open"}
    assert {name for name in given - named if name.replace("_agent_", "_", 1) not in named} == set()
