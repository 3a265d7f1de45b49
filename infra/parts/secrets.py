"""What keeps secrets: the key that they are sealed with, and the parameters that platforms know us by."""

from dataclasses import dataclass

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.parts.findings import accept_grant
from infra.stages import Stage
from watchbill.platform import settings


@dataclass(frozen=True)
class Secrets:
    """The key of tokens and of webhooks' secrets, and where an operator puts what platforms know this deployment by."""

    stage: Stage
    key: kms.Key

    def sealing(self) -> dict[str, str]:
        """What a function needs to know to seal and open secrets."""
        return {settings.SEALING_KEY: self.key.key_arn}

    def knowing(self) -> dict[str, str]:
        """What a function needs to know of platforms."""
        return {settings.CREDENTIALS_PATH: self.stage.credentials_path}

    def returning(self) -> dict[str, str]:
        """What a function needs to know to have the owners of accounts sent back."""
        return {settings.REDIRECTS: ",".join(self.stage.redirects)}

    def grant_sealing(self, function: lambda_.Function, *actions: str) -> None:
        """Let a function seal secrets, or open them."""
        allowed = [f"kms:{action}" for action in actions]
        function.add_to_role_policy(iam.PolicyStatement(actions=allowed, resources=[self.key.key_arn]))

    def grant_knowing(self, function: lambda_.Function) -> None:
        """Let a function read what platforms know us by. SSM decrypts it under the account's own key for that."""
        name = self.stage.credentials_path.lstrip("/")
        path = Stack.of(function).format_arn(service="ssm", resource="parameter", resource_name=name)
        function.add_to_role_policy(
            iam.PolicyStatement(actions=["ssm:GetParametersByPath"], resources=[path, f"{path}/*"])
        )
        finding = (
            f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/{name}/*]"
        )
        accept_grant(function, finding, "Below this path lie the credentials of platforms, each under its name.")


def make_secrets(scope: Construct, stage: Stage) -> Secrets:
    """Create the key, which is replaced by a new one each year; what was sealed with its predecessors can be opened."""
    key = kms.Key(
        scope,
        "TokensKey",
        alias=f"alias/{stage.stack_name}/tokens",
        description=f"What {stage.stack_name} seals tokens of connected accounts with",
        enable_key_rotation=True,
        removal_policy=RemovalPolicy.RETAIN if stage.keep_data else RemovalPolicy.DESTROY,
    )
    return Secrets(stage, key)
