"""What the Lambda layers hold: builds those with third-party wheels from uv.lock, for the cloud or for this machine."""

import compileall
import fcntl
import hashlib
import json
import platform
import py_compile
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).resolve().parent.parent
PACKAGE_LAYER = ROOT / "layers" / "watchbill"
DEPENDENCIES = ROOT / "layers" / "dependencies"

CLOUD_PYTHON = "3.14"
CLOUD_PLATFORM = "aarch64-manylinux_2_28"

RUNTIME_PACKAGES = ("boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3")
"""What every Lambda Python runtime has: the AWS SDK and what it needs."""

NOT_SHIPPED = ("**/tests", "**/test", "bin", ".lock", "**/*.pyi", "**/__pycache__")


class PackagingError(Exception):
    """A layer could not be built; the message says what uv said."""


class Target(StrEnum):
    """Whom a layer is built for."""

    CLOUD = "cloud"
    HOST = "host"


@dataclass(frozen=True)
class BuiltLayer:
    """A layer made of packages from the lock, those that `export` asks uv for, and of `source`, a folder of ours.

    What the layer `beside` holds is left out: whoever has the one has the other too.
    """

    name: str
    export: tuple[str, ...]
    source: Path | None = None
    beside: "BuiltLayer | None" = None

    def folder(self, target: Target) -> Path:
        """Return the layer's folder, whose `python/` holds the packages once it is built."""
        return DEPENDENCIES / f"{self.name}-{target}"

    def stamp(self, target: Target) -> Path:
        """Return the file that says what the folder was built from."""
        return DEPENDENCIES / f"{self.name}-{target}.stamp"


def _without(packages: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for name in packages for word in ("--no-emit-package", name))


FUNCTIONS_LAYER = BuiltLayer("functions", _without(RUNTIME_PACKAGES))
"""What the service's functions import besides its own package, which is a layer without wheels."""


def _of_group(name: str) -> BuiltLayer:
    """A layer of a group of the lock, for the few functions that import it besides."""
    return BuiltLayer(name, ("--only-group", name, *_without(RUNTIME_PACKAGES)), beside=FUNCTIONS_LAYER)


LANGUAGE_LAYER = _of_group("language")
"""What the function imports besides that asks language models; the others do not load it."""

PRICES_LAYER = _of_group("prices")
"""What the functions import besides that price tokens."""

PROMETHEUS_LAYER = _of_group("prometheus")
"""What the function imports besides that is scraped."""

ACCOUNTS_LAYER = _of_group("accounts")
"""What the functions import besides that connect accounts of other platforms."""

PARQUET_LAYER = _of_group("parquet")
"""What the function imports besides that writes files of exports."""

CALENDARS_LAYER = _of_group("calendars")
"""What the function imports besides that feeds other calendars."""

CLIENT_LAYER = BuiltLayer("client", ("--package", "watchbill-client"), ROOT / "layers" / "client" / "python")
"""The client for users' own functions, without the command line's packages."""

BUILT_LAYERS = (
    FUNCTIONS_LAYER,
    LANGUAGE_LAYER,
    PRICES_LAYER,
    PROMETHEUS_LAYER,
    PARQUET_LAYER,
    ACCOUNTS_LAYER,
    CALENDARS_LAYER,
    CLIENT_LAYER,
)


def find_uv() -> str:
    """Return the uv which the Makefile installed, or else the one on the path."""
    installed = ROOT / ".tools" / "bin" / "uv"
    return str(installed) if installed.is_file() else "uv"


def build_layers(target: Target) -> bool:
    """Build each layer for `target` unless it is already what lock and source say; return whether one was built.

    Whoever else builds layers at the same time is waited for.
    """
    DEPENDENCIES.mkdir(exist_ok=True)
    with (DEPENDENCIES / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        built = [_build(layer, target) for layer in BUILT_LAYERS]
    return any(built)


def _build(layer: BuiltLayer, target: Target) -> bool:
    uv = find_uv()
    folder, stamp = layer.folder(target), layer.stamp(target)
    requirements = _requirements(uv, layer)
    wanted = _fingerprint(requirements, layer, target)
    if stamp.is_file() and stamp.read_text() == wanted and (folder / "python").is_dir():
        return False
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    _install(uv, requirements, folder / "python", target)
    if layer.source:
        shutil.copytree(layer.source, folder / "python", dirs_exist_ok=True)
    _strip(folder / "python")
    if target is Target.HOST:
        _compile(folder / "python")
    stamp.write_text(wanted)
    return True


def _requirements(uv: str, layer: BuiltLayer) -> str:
    """Return the lock's packages for a layer, with versions, markers and hashes, one per line."""
    shown = ("--no-emit-workspace", "--no-header", "--no-annotate")
    beside = _packages(_requirements(uv, layer.beside)) if layer.beside else ()
    return _run(uv, "export", "--frozen", "--no-default-groups", *shown, *layer.export, *_without(beside))


def _packages(requirements: str) -> list[str]:
    return re.findall(r"^([\w.-]+)==", requirements, re.MULTILINE)


def _fingerprint(requirements: str, layer: BuiltLayer, target: Target) -> str:
    layout = [requirements, *_install_options(target), *NOT_SHIPPED, sys.version, platform.machine()]
    digest = hashlib.sha256(json.dumps(layout).encode())
    for path in _sources(layer):
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _sources(layer: BuiltLayer) -> Iterator[Path]:
    found = sorted(layer.source.rglob("*")) if layer.source else []
    return (path for path in found if path.is_file() and "__pycache__" not in path.parts)


def _install_options(target: Target) -> list[str]:
    if target is Target.HOST:
        return ["--python", sys.executable]
    return ["--python-platform", CLOUD_PLATFORM, "--python-version", CLOUD_PYTHON]


def _install(uv: str, requirements: str, folder: Path, target: Target) -> None:
    folder.mkdir(parents=True)
    listing = folder.parent / "requirements.txt"
    listing.write_text(requirements)
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", *_install_options(target)]
    _run(uv, "pip", "install", "--quiet", "--target", str(folder), *options, "-r", str(listing))
    listing.unlink()


def _strip(folder: Path) -> None:
    for pattern in NOT_SHIPPED:
        for path in list(folder.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def _compile(folder: Path) -> None:
    # Archives flatten modification times, which is what bytecode is checked by unless told not to.
    compileall.compile_dir(folder, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)


def _run(uv: str, *arguments: str) -> str:
    try:
        done = subprocess.run([uv, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise PackagingError("uv is not installed: run `make bootstrap`.") from None
    if done.returncode:
        raise PackagingError(f"uv {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout


def main(target: str) -> None:
    """Build the layers and say what happened."""
    console = Console(highlight=False)
    built = build_layers(Target(target))
    console.print(f"The layers in {DEPENDENCIES}, for {target}: {'built' if built else 'up to date'}")


if __name__ == "__main__":
    main(sys.argv[1])
