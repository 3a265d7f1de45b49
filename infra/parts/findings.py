"""How a finding of the security rules (cdk-nag, AwsSolutions) is accepted: one by one, the reason beside the code."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def accept(construct: IConstruct, finding: str, reason: str) -> None:
    """Accept `finding` for `construct` and everything below it, because of `reason`."""
    Validations.of(construct).acknowledge(Acknowledgment(id=finding, reason=reason))
