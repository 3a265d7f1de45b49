"""What the infrastructure tests share: the app of each stage, synthesised once."""

import json
import os
import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

# jsii starts `node`: the one of the virtual environment, even when pytest was not started by make.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])

# Where synthesised apps go unless told otherwise; jsii reads it once, when it starts.
os.environ["CDK_OUTDIR"] = str(Path(__file__).resolve().parents[2] / "cdk.out" / "tests")

from infra.app import make_app
from infra.packaging import BUILT_LAYERS, ROOT, Target, build_layers
from tests.support.templates import Document, as_one, separate

Resource = dict[str, Any]
UNSTAGED = "aws:cdk:disable-asset-staging"
FLAGS: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
"""What the command line gives the app as context whenever it runs it."""


class Template:
    """The service as synthesised, looked into by resource type, whichever of its stacks a resource is in.

    `document` is all of it as one template, `stacks` each stack's own.
    """

    def __init__(self, stacks: dict[str, Document]) -> None:
        self.stacks = stacks
        self.document = as_one(stacks)

    def resources(self, kind: str) -> dict[str, Resource]:
        """Return the properties of every resource of this type, by logical id."""
        found = self.document["Resources"].items()
        return {name: resource["Properties"] for name, resource in found if resource["Type"] == kind}

    def only(self, kind: str) -> Resource:
        """Return the properties of the only resource of this type."""
        (properties,) = self.resources(kind).values()
        return properties

    def of_api(self, protocol: str, kind: str) -> dict[str, Resource]:
        """Return the properties of every resource of this type that belongs to the API of this protocol."""
        (api,) = (
            name for name, each in self.resources("AWS::ApiGatewayV2::Api").items() if each["ProtocolType"] == protocol
        )
        return {name: each for name, each in self.resources(kind).items() if each["ApiId"] == {"Ref": api}}

    def function(self, name: str) -> Resource:
        """Return the properties of a Lambda function by its handler's folder."""
        handler = f"functions.{name}.handler.lambda_handler"
        (properties,) = (
            each for each in self.resources("AWS::Lambda::Function").values() if each["Handler"] == handler
        )
        return properties

    def function_id(self, name: str) -> str:
        """Return the logical id of a Lambda function."""
        wanted = self.function(name)
        (found,) = (key for key, each in self.resources("AWS::Lambda::Function").items() if each is wanted)
        return found

    def id_of(self, name: str) -> str:
        """Return the logical id of the only resource whose own name is this."""
        (found,) = (key for key in self.document["Resources"] if re.fullmatch(rf"{name}[0-9A-F]{{8}}", key))
        return found

    def belonging_to(self, name: str) -> set[str]:
        """Return the logical ids of a function and of its role."""
        return {self.function_id(name), self.role_id(name)}

    def role_id(self, name: str) -> str:
        """Return the logical id of a function's role."""
        found: str = self.function(name)["Role"]["Fn::GetAtt"][0]
        return found

    def statements(self, name: str) -> list[dict[str, Any]]:
        """Return every statement a function's role allows."""
        return self.statements_of_role(self.role_id(name))

    def statements_of_role(self, role: str) -> list[dict[str, Any]]:
        """Return every statement of the policies that are part of a role; others there are none."""
        assert not self.resources("AWS::IAM::Policy")
        policies = self.resources("AWS::IAM::Role")[role]["Policies"]
        return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


@pytest.fixture(scope="session")
def template() -> Callable[..., Template]:
    """Give a stage's template: `template("production")`."""
    build_layers(Target.HOST)

    @cache
    def synthesised(stage: str, target: Target = Target.HOST) -> Template:
        for layer in BUILT_LAYERS:
            layer.folder(target).mkdir(parents=True, exist_ok=True)
        assembly = make_app(FLAGS | {"stage": stage, "target": target, UNSTAGED: True}).synth()
        return Template(separate(Path(assembly.directory), f"watchbill-{stage}"))

    return synthesised


@pytest.fixture
def development(template: Callable[..., Template]) -> Template:
    """Give the development stage's template."""
    return template("development")
