"""What the Lambda layers hold: builds the third-party one from uv.lock, for the cloud or for this machine."""

import compileall
import hashlib
import json
import platform
import py_compile
import shutil
import subprocess
import sys
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
    """The dependency layer could not be built; the message says what uv said."""


class Target(StrEnum):
    """Whom the dependency layer is built for."""

    CLOUD = "cloud"
    HOST = "host"


def dependencies_folder(target: Target) -> Path:
    """Return the layer's folder for `target`, whose `python/` holds the packages once `build_dependencies` has run."""
    return DEPENDENCIES / target


def find_uv() -> str:
    """Return the uv which the Makefile installed, or else the one on the path."""
    installed = ROOT / ".tools" / "bin" / "uv"
    return str(installed) if installed.is_file() else "uv"


def build_dependencies(target: Target) -> bool:
    """Build the layer for `target` unless it is already what the lock says; return whether it was built."""
    uv = find_uv()
    folder = dependencies_folder(target)
    requirements = _requirements(uv)
    wanted = _fingerprint(requirements, target)
    stamp = DEPENDENCIES / f"{target}.stamp"
    if stamp.is_file() and stamp.read_text() == wanted and (folder / "python").is_dir():
        return False
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    _install(uv, requirements, folder / "python", target)
    _strip(folder / "python")
    if target is Target.HOST:
        _compile(folder / "python")
    stamp.write_text(wanted)
    return True


def _requirements(uv: str) -> str:
    """Return the lock's packages for the functions, with versions, markers and hashes, one per line."""
    left_out = [word for name in RUNTIME_PACKAGES for word in ("--no-emit-package", name)]
    shown = ("--no-emit-workspace", "--no-header", "--no-annotate")
    return _run(uv, "export", "--frozen", "--no-default-groups", *shown, *left_out)


def _fingerprint(requirements: str, target: Target) -> str:
    layout = [requirements, *_install_options(target), *NOT_SHIPPED, sys.version, platform.machine()]
    return hashlib.sha256(json.dumps(layout).encode()).hexdigest()


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
    """Build one layer and say what happened."""
    console = Console(highlight=False)
    built = build_dependencies(Target(target))
    console.print(f"{dependencies_folder(Target(target))}: {'built' if built else 'up to date'}")


if __name__ == "__main__":
    main(sys.argv[1])
