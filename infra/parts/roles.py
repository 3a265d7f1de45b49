"""The roles that work is done as: everything granted to one is a single policy which is part of the role itself."""

import jsii
from aws_cdk import aws_iam as iam
from constructs import Construct


class Role(iam.Role):
    """A role that has what it is granted from the moment it is there.

    CDK keeps grants in policies beside the role. Each of them would be a resource of the 500 that a stack has room for,
    and an event source, for which Lambda tries the role at once, would have to be told to wait for its policy.
    """

    def __init__(self, scope: Construct, name: str, service: iam.IPrincipal, description: str) -> None:
        self._granted = iam.PolicyDocument()
        super().__init__(
            scope, name, assumed_by=service, description=description, inline_policies={"Granted": self._granted}
        )

    @jsii.member(jsii_name="addToPrincipalPolicy")
    def add_to_principal_policy(self, statement: iam.PolicyStatement) -> iam.AddToPrincipalPolicyResult:
        """Add to the role's own policy, where CDK, whose every way of granting ends here, would begin another."""
        self._granted.add_statements(statement)
        return iam.AddToPrincipalPolicyResult(statement_added=True, policy_dependable=self)
