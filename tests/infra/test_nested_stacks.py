"""Stacks within stacks at the emulator, as the launcher corrects it: one that is updated keeps what has not changed."""

import json

import pytest
from ministack.services.cloudformation import helpers, provisioners

from infra.local import nested

TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}]}


@pytest.fixture
def deploy(monkeypatch):
    """Deploy a stack within another, which has a role and says where it is; what it puts out."""
    monkeypatch.setattr(provisioners, "_update_resource", provisioners._update_resource)
    nested.install()
    stacks = []

    def deployed(description, before=None):
        role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, "Description": description}}
        template = {
            "Resources": {"Role": role, "Other": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "other"}}},
            "Outputs": {
                "Role": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}},
                "Other": {"Value": {"Fn::GetAtt": ["Other", "TopicName"]}},
            },
        }
        monkeypatch.setattr(helpers, "_resolve_template", lambda _: (json.dumps(template), None))
        at = {"TemplateURL": "https://assets/template"}
        if before is None:
            stack, out = provisioners._cfn_nested_stack_create("Inner", at, "outer")
            stacks.append(stack)
            return stack, out
        return provisioners._cfn_nested_stack_update(before, at, at, "outer")

    yield deployed
    for stack in stacks:
        provisioners._cfn_nested_stack_delete(stack, {})


def test_what_has_not_changed_can_still_be_referred_to(deploy):
    stack, first = deploy("as it was")

    assert deploy("as it was", before=stack) == (stack, first)
    assert deploy("as it is now", before=stack) == (stack, first)
