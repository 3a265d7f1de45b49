"""Whatever is asked of the running stack, as its OpenAPI document allows or not, is never answered with a 5xx."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error

from functions.documentation.handler import OPENAPI

EXAMPLES_EACH = 15


@pytest.fixture(scope="session")
def stranger(caller):
    """An organisation with an agent, a version and a run, in which anything may be done."""
    stranger = caller("fuzzed")
    stranger.prepare("my-agent", "1.0.0")
    stranger.post("/api/v1/agents/my-agent/versions/1.0.0/runs", {"created": "2023-08-01T12:00:00Z", "status": "ok"})
    return stranger


# The document as it is served, which another test compares; known before the stack is up, it makes one test per route.
api = schemathesis.openapi.from_path(OPENAPI)


@api.parametrize()
@settings(
    max_examples=EXAMPLES_EACH,
    derandomize=True,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_no_request_is_answered_with_a_server_error(case, stranger):
    headers = {"Authorization": f"Bearer {stranger.key}"}

    case.call_and_validate(base_url=stranger.url, headers=headers, checks=[not_a_server_error])
