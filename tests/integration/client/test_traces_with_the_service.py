"""Traces by the client and the command, over the wire to the service's own functions."""

from decimal import Decimal

import httpx
import pytest
from typer.testing import CliRunner

from tests.support.telemetry import PROTOBUF, agent, call, request, tool, trace_id
from watchbill.telemetry.fold import run_id
from watchbill_client import NotFound, Watchbill
from watchbill_client.cli.app import app
from watchbill_client.settings import resolve

RUN = run_id(trace_id("t"))


@pytest.mark.usefixtures("deployment")
def test_a_trace_that_was_exported_is_read_and_shown() -> None:
    where = resolve(None, None)
    headers = {**PROTOBUF, "Authorization": f"Bearer {where.api_key}"}
    spans = [agent(gen_ai__conversation__id="talk"), call(), tool()]
    assert httpx.post(f"{where.url}/v1/traces", content=request(spans), headers=headers).status_code == 200
    with Watchbill() as client:
        trace = client.traces.of_run(RUN)
        assert [(span.name, span.depth) for span in trace.spans] == [
            ("invoke_agent writer", 0),
            ("chat gpt-4o", 1),
            ("execute_tool search", 1),
        ]
        assert (trace.spent.cost, trace.tool_calls, trace.spans[1].attributes) == (Decimal("0.0045"), 1, None)
        session = client.traces.of_session("talk", attributes=True)
        assert (session.traces[0].spans[1].attributes or {})["gen_ai.request.model"] == "gpt-4o"
        with pytest.raises(NotFound):
            client.traces.of_run("none")
    shown = CliRunner().invoke(app, ["trace", RUN]).output
    assert "  chat gpt-4o" in shown
    assert "1 model calls, 1 tool calls, 1,200 tokens, $0.0045, 1.0 s" in shown
    assert CliRunner().invoke(app, ["trace"]).exit_code == 2
