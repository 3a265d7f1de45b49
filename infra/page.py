"""What the page has from npm packages and from our client: copied into the folder of its function, and packed with it.

Run as `python -m infra.page`, after `npm ci`.
"""

import shutil
from pathlib import Path

from infra.packaging import ROOT

PACKED = ROOT / "functions" / "dashboard" / "packed"
FILES = {
    "echarts.min.js": ROOT / "node_modules" / "echarts" / "dist" / "echarts.common.min.js",
    "htmx.min.js": ROOT / "node_modules" / "htmx.org" / "dist" / "htmx.min.js",
    "watchbill-live.js": ROOT / "layers" / "client" / "javascript" / "watchbill-live.js",
}
"""The files by the names that the page knows them by."""


def copy_files(folder: Path = PACKED) -> None:
    """Copy the files into a folder, whatever lies there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, source in FILES.items():
        shutil.copyfile(source, folder / name)


if __name__ == "__main__":
    copy_files()
