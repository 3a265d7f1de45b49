"""What a function needs to ask language models of Amazon Bedrock: those of the stage, and no others."""

from collections.abc import Iterator

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from infra.parts.findings import accept_grant
from infra.stages import Stage

GEOGRAPHIES = ("apac", "au", "ca", "eu", "global", "in", "jp", "us", "us-gov")
"""What the ids of AWS's own inference profiles begin with: `eu.` and the id of the model."""


def grant_models(function: lambda_.Function, stage: Stage) -> None:
    """Let a function ask the stage's models; asking by the Converse API is the action InvokeModel."""
    region = stage.model_region or Stack.of(function).region
    for statement in (each for model in stage.models for each in _statements(model, region, Stack.of(function))):
        function.add_to_role_policy(statement)
    for behind in filter(None, map(_behind, stage.models)):
        accept_grant(
            function,
            f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:bedrock:*::foundation-model/{behind}]",
            "An inference profile takes a model in whichever region has room; a condition asks for that profile.",
        )


def _statements(model: str, region: str, stack: Stack) -> Iterator[iam.PolicyStatement]:
    # AWS has no such action, and InvokeModel is what it asks for; the emulator asks for the operation by its own name.
    named = f"arn:{stack.partition}:bedrock:{region}::foundation-model/{model}"
    yield iam.PolicyStatement(actions=["bedrock:Converse"], resources=[named])
    behind = _behind(model)
    if behind is None:
        yield _invoking(named)
        return
    profile = f"arn:{stack.partition}:bedrock:{region}:{stack.account}:inference-profile/{model}"
    yield iam.PolicyStatement(actions=["bedrock:InvokeModel", "bedrock:GetInferenceProfile"], resources=[profile])
    through = _invoking(f"arn:{stack.partition}:bedrock:*::foundation-model/{behind}")
    through.add_condition("StringEquals", {"bedrock:InferenceProfileArn": profile})
    yield through


def _invoking(resource: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=["bedrock:InvokeModel"], resources=[resource])


def _behind(model: str) -> str | None:
    """Return the model an inference profile stands for, or None for the id of a model itself."""
    geography, _, named = model.partition(".")
    return named if geography in GEOGRAPHIES else None
