"""The import rules of pyproject.toml are kept, and each of them finds an import that it forbids."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import CLIENT, FOLDERS, FUNCTIONS, ROOT, SERVICE

IMPORTED = [folder for folder in FOLDERS if folder not in ("benchmarks/", "tests/")]
FORBIDDEN = {
    "An area imports only from the floors below it": (f"{SERVICE}registry/service.py", "watchbill.runs.rules"),
    "Inside an area": (f"{SERVICE}registry/rules.py", "watchbill.registry.store"),
    "Values and decisions do no I/O": (f"{SERVICE}runs/models.py", "watchbill.platform.settings"),
    "Only platform.aws imports the AWS SDK": (f"{SERVICE}runs/store.py", "boto3"),
    "Only accounts.grants": (f"{SERVICE}accounts/service.py", "authlib"),
    "Only agents.language": (f"{SERVICE}execution/runtimes.py", "pydantic_ai"),
    "Only telemetry.pricelist": (f"{SERVICE}runs/service.py", "genai_prices"),
    "Only exposition.collecting": (f"{SERVICE}runs/models.py", "prometheus_client"),
    "Only platform.patterns": (f"{SERVICE}configuration/models.py", "re2"),
    "Only exports.parquet": (f"{SERVICE}runs/models.py", "arro3.core"),
    "Only stores": (f"{SERVICE}runs/service.py", "watchbill.platform.keys"),
    "Functions do not import each other": (f"{FUNCTIONS}runs/handler.py", "functions.registry.handler"),
    "Functions ask services": (f"{FUNCTIONS}registry/handler.py", "watchbill.registry.store"),
    "Infrastructure takes names from platform": ("infra/functions.py", "watchbill.runs.models"),
    "Nothing that is deployed or installed": (f"{FUNCTIONS}identity/handler.py", "infra.stages"),
    "The client stands alone": (f"{CLIENT}client.py", "watchbill.platform.clock"),
}


def lint(folder: Path) -> str:
    """What import-linter says of the packages in a copy of the repository."""
    packages = [folder / "layers/watchbill/python", folder / "layers/client/python", folder]
    environment = {"PYTHONPATH": os.pathsep.join(map(str, packages)), "COLUMNS": "200", "NO_COLOR": "1"}
    linter = Path(sys.executable).with_name("lint-imports")
    command = [str(linter), "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def verdict(report: str, contract: str) -> str:
    """KEPT or BROKEN, as the report says of a contract."""
    (found,) = re.findall(rf"^{re.escape(contract)}.* (KEPT|BROKEN)\b", report, re.MULTILINE)
    return str(found)


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository's packages."""
    folder = tmp_path_factory.mktemp("repository")
    for name in IMPORTED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="session")
def reports(copy: Path) -> tuple[str, str]:
    """What is said of the copy as it is, and with every forbidden import in it."""
    before = lint(copy)
    for path, name in FORBIDDEN.values():
        with (copy / path).open("a") as module:
            module.write(f"\nimport {name}\n")
    return before, lint(copy)


@pytest.mark.parametrize("contract", FORBIDDEN)
def test_the_contract_is_kept_and_a_forbidden_import_breaks_it(contract: str, reports: tuple[str, str]) -> None:
    before, after = reports

    assert verdict(before, contract) == "KEPT", before
    assert verdict(after, contract) == "BROKEN", after


def test_every_contract_has_its_forbidden_import(reports: tuple[str, str]) -> None:
    assert "Contracts: 0 kept" in reports[1]


def test_an_area_that_is_on_no_floor_is_noticed(copy: Path) -> None:
    area = copy / SERVICE / "weather"
    area.mkdir()
    (area / "__init__.py").touch()

    assert "weather" in lint(copy)
