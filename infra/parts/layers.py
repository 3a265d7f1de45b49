"""The two Lambda layers: the service's own package, and the third-party wheels it needs."""

from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.packaging import PACKAGE_LAYER, Target, dependencies_folder

ARCHITECTURE = lambda_.Architecture.ARM_64
"""Graviton costs a fifth less per millisecond than x86, and every wheel in the lock exists for it."""

RUNTIME = lambda_.Runtime.PYTHON_3_14
"""The newest Python of Lambda, which AwsSolutions-L1 asks for; the code needs 3.11 or later."""


@dataclass(frozen=True)
class Layers:
    """Both layers, most often changing last."""

    dependencies: lambda_.LayerVersion
    package: lambda_.LayerVersion

    def all(self) -> list[lambda_.ILayerVersion]:
        return [self.dependencies, self.package]


def make_layers(scope: Construct, target: Target) -> Layers:
    """Create both layers, with the third-party wheels built for `target`."""
    dependencies = lambda_.LayerVersion(
        scope,
        "DependenciesLayer",
        code=lambda_.Code.from_asset(str(dependencies_folder(target))),
        compatible_architectures=[ARCHITECTURE],
        compatible_runtimes=[RUNTIME],
        description="Third-party packages from uv.lock, without boto3, which the runtime brings",
    )
    package = lambda_.LayerVersion(
        scope,
        "PackageLayer",
        code=lambda_.Code.from_asset(str(PACKAGE_LAYER), exclude=["**/__pycache__"]),
        compatible_runtimes=[RUNTIME],
        description="The service's own package, watchbill",
    )
    return Layers(dependencies, package)
