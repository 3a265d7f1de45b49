"""A function of a user's own with the client's layer: what its handler tracks is on record when it has returned."""

import io
import json
import re
import zipfile

import pytest

from infra.local.aws import client
from infra.packaging import CLOUD_PYTHON, ROOT
from infra.parts.layers import ARCHITECTURE

(EXAMPLE,) = re.findall(
    r"^### As a layer$.*?^```python\n(.*?)^```$", (ROOT / "docs" / "client.md").read_text("utf-8"), re.M | re.S
)
"""The handler that the documentation shows."""

ASSUMED_BY_LAMBDA = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


@pytest.fixture(scope="module")
def us(caller):
    """An organisation of its own."""
    return caller("layered")


@pytest.fixture(scope="module")
def function(stack, us):
    """The name of a function with the documented handler, the layer, and a key that may only ingest."""
    key = us.post("/api/keys", {"name": "summariser", "scopes": ["ingest"]})["secret"]
    role = client(stack.settings, "iam").create_role(RoleName="summariser", AssumeRolePolicyDocument=ASSUMED_BY_LAMBDA)
    lambdas = client(stack.settings, "lambda")
    lambdas.create_function(
        FunctionName="summariser",
        Runtime=f"python{CLOUD_PYTHON}",
        Architectures=[ARCHITECTURE.name],
        Handler="index.handler",
        Role=role["Role"]["Arn"],
        Code={"ZipFile": zipped("index.py", "summarise = str.upper\n" + EXAMPLE)},
        Layers=[stack.service.deployment.outputs["ClientLayerArn"]],
        Environment={"Variables": {"WATCHBILL_URL": stack.api_url, "WATCHBILL_API_KEY": key}},
        Timeout=20,
    )
    yield "summariser"
    lambdas.delete_function(FunctionName="summariser")


def zipped(name, text):
    """An archive with one file."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(name, text)
    return archive.getvalue()


def test_what_a_user_s_function_tracks_is_on_record_when_it_returns(stack, us, function):
    event = {"id": "task-7", "text": "short", "user": "amara"}

    answer = client(stack.settings, "lambda").invoke(FunctionName=function, Payload=json.dumps(event))

    told = answer["Payload"].read().decode()
    assert "FunctionError" not in answer, told
    assert json.loads(told) == "SHORT"
    snapshot = us.get("/api/analytics/strands/summariser/snapshot")
    assert (snapshot["taskId"], snapshot["userId"], snapshot["metrics"]["qualityScore"]) == ("task-7", "amara", 90)
