"""The language models of a stage: who may ask them, which ones, where, and by which way."""

from dataclasses import replace

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_

from infra.functions import FUNCTIONS
from infra.parts.layers import RUNTIME
from infra.parts.models import grant_models
from infra.stages import DEVELOPMENT, STAGES

EMULATED = "bedrock:Converse"
"""What the emulator asks for; AWS knows no such action."""


def text_of(value):
    """An ARN as text, with what CloudFormation fills in named in angle brackets."""
    if isinstance(value, str):
        return value
    _, parts = value["Fn::Join"]
    return "".join(part if isinstance(part, str) else f"<{part['Ref'].removeprefix('AWS::')}>" for part in parts)


def granted(models, region=""):
    """The statements that a function gets for these models: actions, resource, condition."""
    stack = Stack(App(), "Test")
    function = lambda_.Function(
        stack,
        "Function",
        runtime=RUNTIME,
        handler="index.handler",
        code=lambda_.Code.from_inline("pass"),
    )
    grant_models(function, replace(DEVELOPMENT, models=models, model_region=region))
    resources = App.of(stack).synth().get_stack_by_name("Test").template["Resources"].values()
    (policy,) = (each["Properties"] for each in resources if each["Type"] == "AWS::IAM::Policy")
    return [each for each in policy["PolicyDocument"]["Statement"] if each["Action"] != EMULATED]


def test_a_model_is_asked_for_in_its_region_alone():
    (statement,) = granted(("amazon.nova-lite-v1:0",), "eu-west-1")

    assert statement["Action"] == "bedrock:InvokeModel"
    assert text_of(statement["Resource"]) == "arn:<Partition>:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0"


def test_a_profile_s_model_is_to_be_had_in_any_region_and_through_that_profile_only():
    through, behind = granted(("eu.amazon.nova-lite-v1:0",))
    profile = "arn:<Partition>:bedrock:<Region>:<AccountId>:inference-profile/eu.amazon.nova-lite-v1:0"

    assert through["Action"] == ["bedrock:InvokeModel", "bedrock:GetInferenceProfile"]
    assert text_of(through["Resource"]) == profile
    assert behind["Action"] == "bedrock:InvokeModel"
    assert text_of(behind["Resource"]) == "arn:<Partition>:bedrock:*::foundation-model/amazon.nova-lite-v1:0"
    condition = behind["Condition"]["StringEquals"]["bedrock:InferenceProfileArn"]
    assert text_of(condition) == profile


@pytest.mark.parametrize("declared", FUNCTIONS, ids=lambda declared: declared.name)
def test_models_are_asked_by_those_declared_to(development, declared):
    actions = {str(each["Action"]) for each in development.statements(declared.name)}

    assert any("bedrock:" in action for action in actions) is declared.asks_models


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda stage: stage.name)
def test_who_asks_models_is_told_which_and_may_ask_each_of_them(template, stage):
    function = template(stage.name).function("task_worker")
    statements = template(stage.name).statements("task_worker")
    (profiles,) = (each["Resource"] for each in statements if "bedrock:GetInferenceProfile" in each["Action"])

    models = function["Environment"]["Variables"]["WATCHBILL_MODELS"].split(",")
    assert [text_of(profile).rpartition("/")[2] for profile in profiles] == models == list(stage.models)
