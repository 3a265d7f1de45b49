"""A run's trace, as its user meets it: what holds other spans is closed and opened, what a span says is shown."""

from infra.local.processes import wait_until
from tests.support.running_stack import COLD_SECONDS
from tests.support.telemetry import PROTOBUF, TRACES, agent, call, request, tool, trace_id
from watchbill.telemetry.fold import run_id

RUN = run_id(trace_id("t"))


def test_a_trace_can_be_folded_and_its_spans_looked_into(window):
    helper = agent("helper", "invoke_agent writer")
    spans = [agent(), helper, call(helper.name, gen_ai__input__messages="<b>looms</b>"), tool()]
    window.us.call("POST", TRACES, content=request(spans), headers=PROTOBUF).raise_for_status()
    assert wait_until(lambda: window.us.call("GET", f"/api/runs/{RUN}/trace").is_success, COLD_SECONDS)
    window.open(f"/dashboard/runs/{RUN}")
    rows = window.page.locator(".waterfall tbody tr:visible")
    window.finds("text=execute_tool search")
    assert rows.count() == 4

    window.page.get_by_role("button", name="What is within invoke_agent helper").click()
    assert rows.count() == 3
    window.page.get_by_role("button", name="What is within invoke_agent writer").press("Enter")
    assert rows.count() == 1
    window.page.get_by_role("button", name="What is within invoke_agent writer").press("Enter")
    assert rows.count() == 3

    window.page.get_by_role("button", name="What is within invoke_agent helper").click()
    window.page.get_by_role("link", name="chat gpt-4o").click()
    window.finds("dialog >> text=<b>looms</b>")
    assert window.faults() == []
    window.page.keyboard.press("Escape")
    window.page.locator("dialog").wait_for(state="hidden")
    assert window.faults() == []
