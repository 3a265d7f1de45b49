"""Whatever is asked of a route, as its OpenAPI document allows or not, is never answered with a 5xx."""

from datetime import UTC, datetime

import httpx
import pytest

from tests.support.channels import make_channels
from tests.support.fuzzing import each_operation, for_examples
from tests.support.local_table import function_environment, kept, mocked_aws
from tests.support.service import Service
from tests.support.steps import prepare
from watchbill.platform.clock import frozen_at

EXAMPLES = 8
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def deployment():
    """An organisation with an agent and a version, made once; its key, and what makes everything again as it was."""
    with function_environment(), mocked_aws(), frozen_at(NOW):
        make_channels()
        service = Service()
        key = service.organisation("fuzzed")
        prepare(service, key)
        yield service, key, kept()


@each_operation
def test_no_request_is_answered_with_a_server_error(operation, deployment):
    service, key, restore = deployment
    restore()

    def no_server_error(case):
        told = case.as_transport_kwargs(base_url="http://watchbill.test")
        content = {"content": told.pop("data")} if isinstance(told.get("data"), bytes) else {}
        sent = httpx.Request(**told, **content)
        address = sent.url.raw_path.decode()
        answer = service.request(sent.method, address, key=key, raw=sent.content, headers=dict(sent.headers))
        assert answer.status < 500, answer.text

    for_examples(operation, EXAMPLES, no_server_error)
