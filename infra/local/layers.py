"""Layers as functions have them on AWS: unpacked once, whichever process of whichever function reads them.

The emulator unpacks a function's layers for each process anew. Ours are thousands of files: that is most of a cold
start, one process after the other because it is done inside the emulator, and gigabytes to be removed at the end.
"""

import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from os import pathsep
from threading import Lock
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

FOLDERS = "_LAMBDA_LAYERS_DIRS"
"""The variable by which the emulator tells a Python process where its layers are."""

Config = Mapping[str, Any]
"""A function as the emulator keeps it."""


def install() -> None:
    """Have Python functions read their layers in the same folders."""
    spawn, shared = lambda_runtime.Worker._spawn, _Shared()

    def spawn_with_shared_layers(worker: Any) -> None:
        config = worker.config
        if config["Runtime"].startswith("python"):
            worker.config = _with_layers_in(config, list(shared.folders(config)))
        try:
            spawn(worker)
        finally:
            worker.config = config

    lambda_runtime.Worker._spawn = spawn_with_shared_layers


class _Shared:
    """Where each layer has been unpacked, by the ARN of its version, which never changes."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}
        self._unpacking = Lock()

    def folders(self, config: Config) -> Iterator[str]:
        """The folders of a function's layers, in their order."""
        for layer in config.get("Layers", ()):
            arn = layer if isinstance(layer, str) else layer["Arn"]
            with self._unpacking:
                if arn not in self._folders:
                    self._folders[arn] = _unpacked(lambda_svc._resolve_layer_zip(layer), arn)
            yield self._folders[arn]


def _unpacked(content: bytes | None, arn: str) -> str:
    if content is None:
        raise RuntimeError(f"there is no layer {arn}")
    # Among the emulator's other temporary files, which are removed with them.
    folder = tempfile.mkdtemp(prefix="ministack-layer-")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        packed.extractall(folder)
    return folder


def _with_layers_in(config: Config, folders: Sequence[str]) -> Config:
    """A function that has no layers to be unpacked, and is told where they are."""
    variables = config.get("Environment", {}).get("Variables", {})
    told = {**variables, FOLDERS: pathsep.join(folders)}
    return {**config, "Layers": [], "Environment": {"Variables": told}}
