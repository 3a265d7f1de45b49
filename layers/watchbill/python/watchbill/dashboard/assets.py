"""The page's files: our own style sheets and scripts, and others' that the function was packed with."""

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from watchbill.dashboard.rules import HOME

OWN = Path(__file__).with_name("static")
_DIGITS = 12


class NoAsset(LookupError):
    """A page names a file that is not there: the function was packed without it."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent."""

    content: bytes
    type: str


class Assets:
    """The files in some folders. Their addresses hold a digest of what is in them, so they can be kept for ever."""

    def __init__(self, *folders: Path) -> None:
        self._files = {file.name: file for folder in folders for file in folder.glob("*") if file.is_file()}
        self._read = cache(self._asset)

    def address(self, name: str) -> str:
        """Where a page finds a file. Raises NoAsset."""
        if name not in self._files:
            raise NoAsset(f"there is no file {name!r}: `make bootstrap` copies those of others")
        digest = hashlib.sha256(self._read(name).content).hexdigest()[:_DIGITS]
        return f"{HOME}/static/{digest}/{name}"

    def find(self, name: str) -> Asset | None:
        """A file, whatever digest its address has: who has an older page open is sent today's."""
        return self._read(name) if name in self._files else None

    def _asset(self, name: str) -> Asset:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        text = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        return Asset(self._files[name].read_bytes(), text)
