"""The Lambda layers: the service's own package and the wheels it needs, and the client for users' own functions."""

from dataclasses import dataclass
from typing import cast

from aws_cdk import CfnDeletionPolicy, CfnResource
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.declarations import Function
from infra.packaging import (
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


@dataclass(frozen=True)
class Layers:
    """What the functions of the service have: every one of them the first and the package."""

    dependencies: lambda_.LayerVersion
    language: lambda_.LayerVersion
    prices: lambda_.LayerVersion
    prometheus: lambda_.LayerVersion
    parquet: lambda_.LayerVersion
    package: lambda_.LayerVersion

    def of(self, declared: Function) -> list[lambda_.ILayerVersion]:
        """Return the layers of one function."""
        language = [self.language] if declared.asks_models else []
        prices = [self.prices] if declared.prices_tokens else []
        prometheus = [self.prometheus] if declared.exposes_metrics else []
        parquet = [self.parquet] if declared.writes_files else []
        return [self.dependencies, *language, self.package, *prices, *prometheus, *parquet]


def make_layers(scope: Construct, target: Target) -> Layers:
    """Create the functions' layers, with the third-party wheels built for `target`."""
    about = "Third-party packages from uv.lock, without boto3, which the runtime brings"
    package = lambda_.LayerVersion(
        scope,
        "PackageLayer",
        code=lambda_.Code.from_asset(str(PACKAGE_LAYER), exclude=["**/__pycache__"]),
        compatible_runtimes=[RUNTIME],
        description="The service's own package, watchbill",
    )
    dependencies = _built_layer(scope, "DependenciesLayer", FUNCTIONS_LAYER, target, about)
    about_language = "What asks language models; only the function has it that does"
    language = _built_layer(scope, "LanguageLayer", LANGUAGE_LAYER, target, about_language)
    about_prices = "What tokens of language models cost; only the function has it that prices them"
    prices = _built_layer(scope, "PricesLayer", PRICES_LAYER, target, about_prices)
    about_prometheus = "What writes the formats of Prometheus; only the function has it that is scraped"
    prometheus = _built_layer(scope, "PrometheusLayer", PROMETHEUS_LAYER, target, about_prometheus)
    about_parquet = "What writes Parquet; only the function has it that writes the files of exports"
    parquet = _built_layer(scope, "ParquetLayer", PARQUET_LAYER, target, about_parquet)
    return Layers(dependencies, language, prices, prometheus, parquet, package)


def make_client_layer(scope: Construct, target: Target) -> lambda_.LayerVersion:
    """Create the layer that users attach to their own functions to track them."""
    about = "watchbill_client with httpx and pydantic, to track functions of your own"
    layer = _built_layer(scope, "ClientLayer", CLIENT_LAYER, target, about)
    # Templates of others name a version: it must not go away when the next one is deployed.
    options = cast(CfnResource, layer.node.default_child).cfn_options
    options.update_replace_policy = CfnDeletionPolicy.RETAIN
    options.deletion_policy = CfnDeletionPolicy.DELETE
    return layer


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
