"""Writes the documentation of all events: `python -m watchbill.catalogue docs`; a test compares the files with it."""

import sys
from pathlib import Path

from watchbill.catalogue.documentation import FOLDER, documents


def write(folder: Path) -> None:
    """Write the files into the folder of documentation, and remove the schemas of events that are no more."""
    written = {folder / path: text for path, text in documents().items()}
    for path in (folder / FOLDER).rglob("*.schema.json"):
        if path not in written:
            path.unlink()
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
