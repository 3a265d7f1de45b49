"""A deployed function finds everything it imports in its own asset, its layers and the runtime's AWS SDK."""

import fcntl
import importlib.metadata
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])

from infra import packaging
from infra.app import make_app
from infra.functions import FUNCTIONS
from infra.packaging import BUILT_LAYERS, FUNCTIONS_LAYER, PACKAGE_LAYER, RUNTIME_PACKAGES, Target, build_layers
from tests.support.templates import as_one, separate

LARGEST = 32 * 1024 * 1024
"""Bytes unpacked, about a tenth of what Lambda allows: a cold start reads it, and a stray development package shows."""
LARGEST_LANGUAGE = 45 * 1024 * 1024
"""With lxml, a fourth of it, which that layer's one function reads pages and feeds with."""
LARGEST_PARQUET = 40 * 1024 * 1024
"""Apache's implementation of Arrow and Parquet, in two libraries."""

TOLD = """
import importlib, json, sys
def outside():
    files = ((name, getattr(module, "__file__", "") or "") for name, module in sys.modules.items())
    return [name for name, file in files if "site-packages" in file]
sys.path[:0] = json.loads(sys.argv[1])
"""
IMPORT = f"""{TOLD}
for name in sys.argv[2:]:
    importlib.import_module(name)
print(json.dumps(outside()))
"""
IMPORT_EACH = f"""{TOLD}
import os, traceback, watchbill.platform.http
for name, asset in json.loads(sys.argv[2]).items():
    if os.fork() == 0:
        sys.path.insert(0, asset)
        try:
            importlib.import_module(f"functions.{{name}}.handler")
            print(json.dumps([name, "", outside()]), flush=True)
        except BaseException:
            print(json.dumps([name, traceback.format_exc(), []]), flush=True)
        os._exit(0)
    os.wait()
"""
"""Each in a process of its own, which finds imported what all of them import from the same layers."""


@pytest.fixture(scope="session")
def assets(tmp_path_factory):
    """Every asset of the app as it is uploaded: the functions' folders by name, and the layers' by logical id."""
    build_layers(Target.HOST)
    folder = tmp_path_factory.mktemp("assembly")
    make_app({"target": Target.HOST}, folder).synth()
    template = as_one(separate(folder, "watchbill-development"))
    manifest = json.loads((folder / "watchbill-development.assets.json").read_text())
    paths = {name: folder / entry["source"]["path"] for name, entry in manifest["files"].items()}
    found = {}
    for name, resource in template["Resources"].items():
        properties = resource["Properties"]
        if resource["Type"] == "AWS::Lambda::Function":
            found[properties["Handler"].split(".")[1]] = paths[properties["Code"]["S3Key"].removesuffix(".zip")]
        elif resource["Type"] == "AWS::Lambda::LayerVersion":
            found[name] = paths[properties["Content"]["S3Key"].removesuffix(".zip")]
    return found


@pytest.fixture(scope="session")
def layers(assets):
    """The `python/` folders of the layers that functions have."""
    return [
        str(path / "python") for name, path in assets.items() if name.startswith(("DependenciesLayer", "PackageLayer"))
    ]


@pytest.fixture(scope="session")
def language_layer(assets):
    """The `python/` folder of the layer that only the function has which asks language models."""
    (found,) = (str(path / "python") for name, path in assets.items() if name.startswith("LanguageLayer"))
    return found


@pytest.fixture(scope="session")
def prices_layer(assets):
    """The `python/` folder of the layer that only the function has which prices tokens."""
    (found,) = (str(path / "python") for name, path in assets.items() if name.startswith("PricesLayer"))
    return found


@pytest.fixture(scope="session")
def prometheus_layer(assets):
    """The `python/` folder of the layer that only the function has which Prometheus scrapes."""
    (found,) = (str(path / "python") for name, path in assets.items() if name.startswith("PrometheusLayer"))
    return found


@pytest.fixture(scope="session")
def parquet_layer(assets):
    """The `python/` folder of the layer that only the function has which writes the files of exports."""
    (found,) = (str(path / "python") for name, path in assets.items() if name.startswith("ParquetLayer"))
    return found


@pytest.fixture(scope="session")
def accounts_layer(assets):
    """The `python/` folder of the layer that only functions have which use accounts on other platforms."""
    (found,) = (str(path / "python") for name, path in assets.items() if name.startswith("AccountsLayer"))
    return found


@pytest.fixture(scope="session")
def calendars_layer(assets):
    """The `python/` folder of the layer that only the function has which feeds other calendars."""
    (found,) = (str(path / "python") for name, path in assets.items() if name.startswith("CalendarsLayer"))
    return found


@pytest.fixture(scope="session")
def client_layer(assets):
    """The `python/` folder of the layer for users' own functions."""
    (found,) = (path / "python" for name, path in assets.items() if name.startswith("ClientLayer"))
    return found


@pytest.fixture(scope="session")
def sdk(tmp_path_factory):
    """A folder with what the runtime brings, and nothing else of this environment."""
    folder = tmp_path_factory.mktemp("sdk")
    for package in RUNTIME_PACKAGES:
        distribution = importlib.metadata.distribution(package)
        for top in {file.parts[0] for file in distribution.files if not file.parts[0].startswith("..")} - {
            "__pycache__"
        }:
            (folder / top).symlink_to(distribution.locate_file(top))
    return str(folder)


def apart(program, path, *arguments):
    """Run a program in a Python which sees the standard library and `path`, and no environment variables."""
    command = [sys.executable, "-B", "-I", "-S", "-c", program, json.dumps(path), *arguments]
    return subprocess.run(command, env={}, capture_output=True, text=True, check=False)


def import_apart(modules, path):
    """Import the modules where nothing else is seen than `path`."""
    return apart(IMPORT, path, *modules)


@pytest.fixture(scope="session")
def imported(assets, layers, sdk):
    """What went wrong when each function's handler was imported, and what of it came from elsewhere."""
    handlers = {declared.name: str(assets[declared.name]) for declared in FUNCTIONS}
    done = apart(IMPORT_EACH, [*layers, sdk], json.dumps(handlers))
    assert done.returncode == 0, done.stderr
    told = map(json.loads, done.stdout.splitlines())
    return {name: (error, outside) for name, error, outside in told}


@pytest.mark.parametrize("name", [declared.name for declared in FUNCTIONS])
def test_a_handler_imports_with_its_asset_its_layers_and_the_sdk_only(name, imported):
    assert imported[name] == ("", [])


def test_every_module_of_the_package_imports_from_the_layers(
    layers, language_layer, prometheus_layer, parquet_layer, calendars_layer, sdk
):
    root = PACKAGE_LAYER / "python"
    modules = [".".join(path.relative_to(root).with_suffix("").parts) for path in (root / "watchbill").rglob("*.py")]

    path = [*layers, language_layer, prometheus_layer, parquet_layer, calendars_layer, sdk]
    done = import_apart([module.removesuffix(".__init__") for module in modules], path)

    assert done.returncode == 0, done.stderr


def test_the_pages_of_reports_are_shipped_with_what_they_are_written_from(layers):
    shipped = {path.name for layer in layers for path in Path(layer).glob("watchbill/reports/pages/*")}

    assert {"page.py", "report.html", "report.css"} <= shipped


def test_a_forgotten_package_is_noticed(assets, layers):
    done = import_apart(["functions.authorizer.handler"], [str(assets["authorizer"]), *layers])

    assert "ModuleNotFoundError" in done.stderr


@pytest.mark.parametrize("name", [declared.name for declared in FUNCTIONS])
def test_an_asset_holds_its_own_function_and_no_other(name, assets):
    folders = {path.name for path in (assets[name] / "functions").iterdir() if path.is_dir()}

    assert folders == {name}
    assert [path.name for path in assets[name].iterdir()] == ["functions"]


def test_the_layers_are_small_and_leave_the_sdk_to_the_runtime(layers):
    folder = FUNCTIONS_LAYER.folder(Target.HOST) / "python"
    shipped = {path.name for path in folder.iterdir()}
    files = [path for layer in layers for path in Path(layer).rglob("*") if path.is_file()]

    assert not shipped & {"boto3", "botocore", "bin"}
    assert not list(folder.glob("**/tests"))
    assert sum(path.stat().st_size for path in files) < LARGEST


def test_the_language_layer_is_small_and_holds_nothing_that_the_others_hold(layers, language_layer):
    shipped = {path.name for path in Path(language_layer).iterdir()}
    files = [path for path in Path(language_layer).rglob("*") if path.is_file()]

    assert "pydantic_ai" in shipped
    assert not shipped & {"boto3", "botocore", "bin"}
    # By file: packages of several distributions, such as opentelemetry, may lie in both.
    elsewhere = {path.relative_to(layer) for layer in layers for path in Path(layer).rglob("*") if path.is_file()}
    assert not {path.relative_to(language_layer) for path in files} & elsewhere
    assert sum(path.stat().st_size for path in files) < LARGEST_LANGUAGE


def test_the_layer_of_prices_prices_without_the_language_models_layer(layers, prices_layer, sdk):
    done = import_apart(["watchbill.telemetry.pricing"], [*layers, prices_layer, sdk])

    assert done.returncode == 0, done.stderr
    assert not {path.name for path in Path(prices_layer).iterdir()} & {"boto3", "botocore", "pydantic", "bin"}


def test_the_layer_of_what_is_scraped_holds_one_library_and_writes_with_the_others(layers, prometheus_layer, sdk):
    done = import_apart(["watchbill.exposition.collecting"], [*layers, prometheus_layer, sdk])

    assert done.returncode == 0, done.stderr
    shipped = {path.name for path in Path(prometheus_layer).iterdir() if not path.name.endswith(".dist-info")}
    assert shipped == {"prometheus_client"}


def test_the_layer_of_parquet_writes_without_another_and_is_far_below_what_lambda_takes(layers, parquet_layer, sdk):
    done = import_apart(["watchbill.exports.parquet"], [*layers, parquet_layer, sdk])

    assert done.returncode == 0, done.stderr
    shipped = {path.name for path in Path(parquet_layer).iterdir() if not path.name.endswith(".dist-info")}
    assert shipped == {"arro3"}
    assert sum(path.stat().st_size for path in Path(parquet_layer).rglob("*") if path.is_file()) < LARGEST_PARQUET


def test_the_layer_of_accounts_asks_for_tokens_and_holds_nothing_that_the_others_hold(
    layers, language_layer, accounts_layer, sdk
):
    done = import_apart(["watchbill.accounts.grants", "authlib.oauth2.client"], [*layers, accounts_layer, sdk])

    assert done.returncode == 0, done.stderr
    shipped = {path.name for path in Path(accounts_layer).iterdir()}
    assert not shipped & {path.name for layer in (*layers, language_layer) for path in Path(layer).iterdir()}


def test_the_client_s_layer_alone_tracks(client_layer):
    tracking = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from watchbill_client import PerformanceTracker, create_performance_tracker\n"
        "tracker = create_performance_tracker(url='http://127.0.0.1:9', flush_timeout=0.001)\n"
        "with tracker.track('strand', 'task'): pass\n"
        "assert isinstance(tracker, PerformanceTracker)\n"
        "assert tracker.counts.tracked == 1\n"
        "assert not [name for name in ('boto3', 'typer', 'watchbill') if name in sys.modules]\n"
    )

    command = [sys.executable, "-B", "-I", "-S", "-c", tracking, str(client_layer)]
    done = subprocess.run(command, env={}, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 0, done.stderr


def test_every_module_of_the_client_but_the_command_and_what_follows_events_imports_from_its_layer(client_layer):
    paths = [path.relative_to(client_layer) for path in (client_layer / "watchbill_client").rglob("*.py")]
    modules = [
        ".".join(path.with_suffix("").parts) for path in paths if "cli" not in path.parts and path.stem != "live"
    ]

    done = import_apart([module.removesuffix(".__init__") for module in modules], [str(client_layer)])

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def test_the_client_s_layer_is_small_and_holds_nothing_of_the_command_or_the_sdk(client_layer):
    shipped = {path.name for path in client_layer.iterdir()}

    assert {"watchbill_client", "httpx", "pydantic"} <= shipped
    assert not shipped & {"typer", "rich", "click", "websockets", "boto3", "botocore", "watchbill", "bin"}
    assert sum(path.stat().st_size for path in client_layer.rglob("*") if path.is_file()) < LARGEST // 2


def test_who_builds_layers_waits_for_who_is_building_them(monkeypatch, tmp_path):
    monkeypatch.setattr(packaging, "DEPENDENCIES", tmp_path)
    monkeypatch.setattr(packaging, "_build", lambda *_: True)

    with (tmp_path / "build.lock").open("w") as lock, ThreadPoolExecutor() as another:
        fcntl.flock(lock, fcntl.LOCK_EX)
        building = another.submit(build_layers, Target.HOST)
        with pytest.raises(TimeoutError):
            building.result(0.2)
        fcntl.flock(lock, fcntl.LOCK_UN)

        assert building.result(10)


@pytest.mark.parametrize("layer", BUILT_LAYERS, ids=lambda layer: layer.name)
def test_an_unchanged_layer_is_not_built_again(assets, layer):
    before = (layer.folder(Target.HOST) / "python").stat().st_mtime_ns

    assert build_layers(Target.HOST) is False
    assert (layer.folder(Target.HOST) / "python").stat().st_mtime_ns == before
