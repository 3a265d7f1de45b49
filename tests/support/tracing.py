"""Everything that can become of spans, for the test of what functions are granted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from string import ascii_letters

from tests.support.tasks import Tasks, message
from tests.support.telemetry import LOGS, MEASURED, a_log, a_measurement, agent, call, export, tool, trace_id
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at
from watchbill.telemetry.fold import run_id
from watchbill.telemetry.settling import GRACE

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
_LARGE = {f"text.{i}": "".join(Random(i).choices(ascii_letters, k=90_000)) for i in range(6)}
"""What a span says that is too large for an item of the table."""


def send_telemetry(tasks: Tasks) -> None:
    """Have traces whole, in parts, and without an end; the last is taken for ended later. Have parts meet."""
    alone = [replace(call(gen_ai__conversation__id="s"), trace="late")], [replace(tool(), trace="none")]
    with frozen_at(NOON):
        for spans in ([agent(), call()], [call(), tool()], *alone):
            assert export(tasks.service, tasks.key, spans).status == 200
        for to, body in ((LOGS, a_log("t")), (LOGS, a_log("unheard of")), (MEASURED, a_measurement())):
            assert tasks.service.request("POST", to, body, key=tasks.key).status == 200
        tasks.go_on()
    reprice_unknown(tasks)
    with frozen_at(NOON + timedelta(hours=1)):
        lost = {"trace": trace_id("none"), "packs": ["lost"]}
        for spans in ([agent(**_LARGE)], [tool()]):
            sent = [replace(span, trace="large") for span in spans]
            assert export(tasks.service, tasks.key, sent).status == 200
        tasks.service.request("GET", f"/api/runs/{run_id(trace_id('large'))}/trace", key=tasks.key)
    # What a process knows of the configuration it reads anew by then.
    with frozen_at(NOON + timedelta(hours=2)):
        again = {"trace": trace_id("large"), "packs": ["lost"]}
        settles = {"trace": trace_id("late"), "settles_at": clock.to_text(NOON + GRACE)}
        for told in (lost, settles, again, {"file": "unknown"}):
            tasks.service.invoke("trace_worker", message({"organisation": "traced", **told}))


def reprice_unknown(tasks: Tasks) -> None:
    """Have runs reported of models without a price, one of which gets one, and have them priced."""
    for model in ("house-1", "house-2"):
        spans = [
            agent(gen_ai__conversation__id="s", **_LARGE),
            call(gen_ai__provider__name="house", gen_ai__request__model=model),
        ]
        with frozen_at(NOON):
            assert export(tasks.service, tasks.key, [replace(one, trace=model) for one in spans]).status == 200
    tasks.go_on()
    price = {"model": "house-1", "input": 1, "output": 1}
    assert tasks.service.request("PUT", "/api/prices/overrides", price, key=tasks.key).status == 200
    tasks.post("/api/prices/reprice")
    tasks.go_on()
    assert [one["model"] for one in tasks.get("/api/prices/unknown")["items"]] == ["house-2"]
