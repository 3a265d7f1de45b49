"""How a finding of the security rules (cdk-nag, AwsSolutions) is accepted: one by one, the reason beside the code."""

from aws_cdk import Acknowledgment, Validations
from aws_cdk import aws_lambda as lambda_
from constructs import IConstruct


def accept(construct: IConstruct, finding: str, reason: str) -> None:
    """Accept `finding` for `construct` and everything below it, because of `reason`."""
    Validations.of(construct).acknowledge(Acknowledgment(id=finding, reason=reason))


def accept_grant(function: lambda_.Function, finding: str, reason: str) -> None:
    """Accept `finding` for what a function's role is granted."""
    if function.role is None:
        raise AssertionError("every function is made with a role")
    accept(function.role, finding, reason)
