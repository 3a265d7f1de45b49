"""How the service is divided into stacks: each has room, holds what it is declared to, and waits for no other."""

import json
from collections import Counter

import pytest

from infra.app import make_app
from infra.functions import AUTHORIZER, STACKS
from infra.live import SOCKET_AUTHORIZER
from infra.packaging import Target
from tests.infra.conftest import FLAGS, UNSTAGED
from tests.support.templates import NESTED, as_one

RESOURCES = 250
"""CloudFormation refuses a stack of more than 500; from here on it is time to begin another."""
PARAMETERS = 100
"""It refuses more than 200."""
AUTHORIZERS = {AUTHORIZER.name, SOCKET_AUTHORIZER.name}
OF_FUNCTIONS = {
    "AWS::Lambda::Function",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Integration",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Events::Rule",
}
STATE = {
    "AWS::ApiGatewayV2::Api",
    "AWS::DynamoDB::Table",
    "AWS::Events::EventBus",
    "AWS::Lambda::LayerVersion",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::Scheduler::ScheduleGroup",
}


def inner(template):
    """The stacks within the service's own, by logical id."""
    return {name: each for name, each in template.stacks.items() if name}


def functions_of(document):
    """The folders of a template's functions."""
    resources = document["Resources"].values()
    functions = (each["Properties"] for each in resources if each["Type"] == "AWS::Lambda::Function")
    return {function["Handler"].split(".")[1] for function in functions}


def test_every_stack_has_room(development):
    sizes = {name: len(document["Resources"]) for name, document in development.stacks.items()}
    parameters = {name: len(document.get("Parameters", {})) for name, document in development.stacks.items()}

    assert max(sizes.values()) <= RESOURCES, sizes
    assert max(parameters.values()) <= PARAMETERS, parameters


def test_a_function_is_in_the_stack_it_is_declared_in_and_the_authorizers_in_that_of_the_apis(development):
    held = {name.partition("NestedStack")[0]: functions_of(document) for name, document in development.stacks.items()}

    assert held == {"": AUTHORIZERS} | {name: {each.name for each in STACKS[name]} for name in STACKS}


def test_all_that_a_function_has_is_in_its_own_stack(development):
    whole = Counter(each["Type"] for each in development.document["Resources"].values())
    own = Counter(each["Type"] for each in development.stacks[""]["Resources"].values())

    assert {kind for kind in OF_FUNCTIONS if own[kind]} == {"AWS::Lambda::Function"}
    assert all(whole[kind] for kind in OF_FUNCTIONS)


def test_no_stack_of_functions_waits_for_another(development):
    stacks = inner(development)
    for name in stacks:
        resource = development.stacks[""]["Resources"][name]
        assert not [other for other in stacks if other in json.dumps(resource)]
        assert "DependsOn" not in resource


def test_no_inner_stack_holds_state(development):
    kinds = {each["Type"] for document in inner(development).values() for each in document["Resources"].values()}

    assert not kinds & {*STATE, NESTED}


@pytest.fixture
def bare(tmp_path):
    """The service's own stack as it is synthesised without functions."""
    make_app(FLAGS | {"target": Target.HOST, "functions": "none", UNSTAGED: True}, tmp_path).synth()
    return json.loads((tmp_path / "watchbill-development.template.json").read_text())


def test_without_its_functions_the_service_keeps_what_holds_its_state_as_it_is(development, bare):
    full = development.stacks[""]["Resources"]
    state = {name for name, each in full.items() if each["Type"] in STATE}

    assert functions_of(bare) == AUTHORIZERS
    assert NESTED not in {each["Type"] for each in bare["Resources"].values()}
    assert {full[name]["Type"] for name in state} == STATE
    assert {name: bare["Resources"].get(name) for name in state} == {name: full[name] for name in state}


def test_a_reference_between_stacks_reads_as_what_it_refers_to():
    own = {
        "Resources": {
            "Table": {"Type": "AWS::DynamoDB::Table"},
            "A": {"Type": NESTED, "Properties": {"Parameters": {"TableArn": {"Fn::GetAtt": ["Table", "Arn"]}}}},
            "Policy": {"Type": "AWS::SQS::QueuePolicy", "Rule": {"Fn::GetAtt": ["A", "Outputs.Rule"]}},
        }
    }
    nested = {
        "Resources": {"Role": {"Type": "AWS::IAM::Role", "May": [{"Ref": "TableArn"}, {"Ref": "AWS::Region"}]}},
        "Outputs": {"Rule": {"Value": {"Ref": "Rule"}}},
    }

    assert as_one({"": own, "A": nested}) == {
        "Resources": {
            "Table": {"Type": "AWS::DynamoDB::Table"},
            "Policy": {"Type": "AWS::SQS::QueuePolicy", "Rule": {"Ref": "Rule"}},
            "Role": {"Type": "AWS::IAM::Role", "May": [{"Fn::GetAtt": ["Table", "Arn"]}, {"Ref": "AWS::Region"}]},
        },
        "Outputs": {},
    }
