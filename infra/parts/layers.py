"""The Lambda layers: the service's own package and the wheels it needs, and the client for users' own functions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, cast

from aws_cdk import CfnDeletionPolicy, CfnResource
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.declarations import Function
from infra.packaging import (
    ACCOUNTS_LAYER,
    CALENDARS_LAYER,
    CLIENT_LAYER,
    FUNCTIONS_LAYER,
    LANGUAGE_LAYER,
    PACKAGE_LAYER,
    PARQUET_LAYER,
    PRICES_LAYER,
    PROMETHEUS_LAYER,
    BuiltLayer,
    Target,
)

ARCHITECTURE = lambda_.Architecture.ARM_64
"""Graviton costs a fifth less per millisecond than x86, and every wheel in the lock exists for it."""

RUNTIME = lambda_.Runtime.PYTHON_3_14
"""The newest Python of Lambda, which AwsSolutions-L1 asks for; the code needs 3.11 or later."""


class _Optional(NamedTuple):
    """A layer that only those functions have which ask for it."""

    layer: BuiltLayer
    about: str
    asked_by: Callable[[Function], bool]


_OPTIONAL = (
    _Optional(LANGUAGE_LAYER, "What asks language models", lambda declared: declared.asks_models),
    _Optional(PRICES_LAYER, "What tokens of language models cost", lambda declared: declared.prices_tokens),
    _Optional(PROMETHEUS_LAYER, "What writes the formats of Prometheus", lambda declared: declared.exposes_metrics),
    _Optional(ACCOUNTS_LAYER, "What asks authorization servers for tokens", lambda declared: declared.asks_for_tokens),
    _Optional(CALENDARS_LAYER, "What writes iCalendars", lambda declared: declared.feeds_calendars),
    _Optional(PARQUET_LAYER, "What writes Parquet", lambda declared: declared.writes_files),
)


@dataclass(frozen=True)
class Layers:
    """What the functions of the service have: `of_all`, and of the others those that it asks for."""

    of_all: tuple[lambda_.LayerVersion, ...]
    optional: tuple[tuple[_Optional, lambda_.LayerVersion], ...]

    def of(self, declared: Function) -> list[lambda_.ILayerVersion]:
        """Return the layers of one function."""
        return [*self.of_all, *(made for optional, made in self.optional if optional.asked_by(declared))]


def make_layers(scope: Construct, target: Target) -> Layers:
    """Create the functions' layers, with the third-party wheels built for `target`."""
    about = "Third-party packages from uv.lock, without boto3, which the runtime brings"
    dependencies = _built_layer(scope, "DependenciesLayer", FUNCTIONS_LAYER, target, about)
    package = lambda_.LayerVersion(
        scope,
        "PackageLayer",
        code=lambda_.Code.from_asset(str(PACKAGE_LAYER), exclude=["**/__pycache__"]),
        compatible_runtimes=[RUNTIME],
        description="The service's own package, watchbill",
    )
    optional = tuple((one, _optional_layer(scope, one, target)) for one in _OPTIONAL)
    return Layers((dependencies, package), optional)


def make_client_layer(scope: Construct, target: Target) -> lambda_.LayerVersion:
    """Create the layer that users attach to their own functions to track them."""
    about = "watchbill_client with httpx and pydantic, to track functions of your own"
    layer = _built_layer(scope, "ClientLayer", CLIENT_LAYER, target, about)
    # Templates of others name a version: it must not go away when the next one is deployed.
    options = cast(CfnResource, layer.node.default_child).cfn_options
    options.update_replace_policy = CfnDeletionPolicy.RETAIN
    options.deletion_policy = CfnDeletionPolicy.DELETE
    return layer


def _optional_layer(scope: Construct, one: _Optional, target: Target) -> lambda_.LayerVersion:
    about = f"{one.about}; no other functions have it than those that ask for it"
    return _built_layer(scope, f"{one.layer.name.title()}Layer", one.layer, target, about)


def _built_layer(
    scope: Construct, name: str, layer: BuiltLayer, target: Target, description: str
) -> lambda_.LayerVersion:
    return lambda_.LayerVersion(
        scope,
        name,
        code=lambda_.Code.from_asset(str(layer.folder(target))),
        compatible_architectures=[ARCHITECTURE],
        compatible_runtimes=[RUNTIME],
        description=description,
    )
