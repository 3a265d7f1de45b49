"""A function of a user's own with the client's layer: what its handler tracks is on record when it has returned."""

import json
import re

import pytest

from infra.local.aws import client
from infra.packaging import ROOT
from tests.support.users_functions import function_of_a_user

(EXAMPLE,) = re.findall(
    r"^### As a layer$.*?^```python\n(.*?)^```$", (ROOT / "docs" / "client.md").read_text("utf-8"), re.M | re.S
)
"""The handler that the documentation shows."""


@pytest.fixture(scope="module")
def us(caller):
    """An organisation of its own."""
    return caller("layered")


@pytest.fixture(scope="module")
def function(stack, us):
    """The name of a function with the documented handler, the layer, and a key that may only ingest."""
    key = us.post("/api/keys", {"name": "summariser", "scopes": ["ingest"]})["secret"]
    layer = stack.service.deployment.outputs["ClientLayerArn"]
    variables = {"WATCHBILL_URL": stack.api_url, "WATCHBILL_API_KEY": key}
    code = "summarise = str.upper\n" + EXAMPLE
    with function_of_a_user(stack, "summariser", code, (layer,), variables) as name:
        yield name


def test_what_a_user_s_function_tracks_is_on_record_when_it_returns(stack, us, function):
    event = {"id": "task-7", "text": "short", "user": "amara"}

    answer = client(stack.settings, "lambda").invoke(FunctionName=function, Payload=json.dumps(event))

    told = answer["Payload"].read().decode()
    assert "FunctionError" not in answer, told
    assert json.loads(told) == "SHORT"
    snapshot = us.get("/api/analytics/strands/summariser/snapshot")
    assert (snapshot["taskId"], snapshot["userId"], snapshot["metrics"]["qualityScore"]) == ("task-7", "amara", 90)
