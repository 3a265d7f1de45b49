"""The page as somebody uses it who does what asks most of AWS, for the test of what functions are granted."""

from collections.abc import Mapping

from tests.support.connected import knows_x
from tests.support.pages import Shown, Visitor
from tests.support.steps import AGENT
from tests.support.telemetry import trace_id
from watchbill import services
from watchbill.telemetry.fold import run_id


def drive_page(key: str, known: Mapping[str, str], traced: str) -> None:
    """Look at figures, and with the key `traced` at a trace that is kept in a file; change, start and remove things."""
    visitor = Visitor(headers={"x-forwarded-proto": "https"}).sign_in(key)
    for path in ("", "/agents", f"/agents/{AGENT}", f"/parts/agents/{AGENT}/health", f"/streams/{known['stream_id']}"):
        _seen(visitor.get(f"/dashboard{path}"))
    _seen(Visitor().sign_in(traced).get(f"/dashboard/runs/{run_id(trace_id('large'))}"))
    _seen(visitor.post("/dashboard/settings/organisation", name="Demo", time_zone="UTC"))
    _seen(visitor.post(f"/dashboard/settings/subscriptions/{known['subscription_id']}/test"))
    _seen(visitor.post("/dashboard/tasks", agent_id=AGENT, task_type="research"))
    _seen(visitor.post(f"/dashboard/campaigns/{known['campaign_id']}/run", agent=AGENT))
    knows_x()
    services.forget()
    _seen(visitor.post("/dashboard/accounts/redirects"))
    _seen(visitor.post("/dashboard/accounts/connect/twitter"))
    _seen(visitor.post("/dashboard/sign-out"))


def _seen(shown: Shown) -> None:
    assert shown.status == 200, shown.text
