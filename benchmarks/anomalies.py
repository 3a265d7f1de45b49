"""Scores the series in CSV files with the adaptive detector: python benchmarks/anomalies.py --out DIR FILE.csv…

A file has the columns `timestamp,value`; the file of the same name in DIR has the same rows with `anomaly_score`
(0 to 1) added. One pass per file, nothing looked at ahead of time, nothing set per file.
"""

import argparse
import csv
import math
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from watchbill.anomalies.detector import Detector

_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}


def seconds_of(text: str) -> float | None:
    """A moment in seconds since 1970, from ISO text with or without a zone (then UTC) or a number; None otherwise.

    A number so large that it would be after the year 5138 in seconds is in milli-, micro- or nanoseconds.
    """
    # Numbers come first: the milliseconds 1412102400000 also are a day of the year 1412 in ISO's basic form.
    number = number_of(text)
    if number is not None:
        size = abs(number)
        unit = "s" if size < 1e11 else "ms" if size < 1e14 else "us" if size < 1e17 else "ns"
        return number * _SECONDS[unit]
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return _of_other_text(text.strip())
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _of_other_text(text: str) -> float | None:
    for form in ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
    return None


def number_of(text: str) -> float | None:
    """A finite number, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def scored(rows: Iterator[list[str]], columns: tuple[int, int]) -> Iterator[tuple[str, str, str]]:
    """The rows as they are written: the texts that were read, and the score."""
    detector, time = Detector(), -1.0
    for row in rows:
        texts = [row[column] if column < len(row) else "" for column in columns]
        moment = seconds_of(texts[0])
        # A row whose time cannot be read comes a second after the row before it.
        time = moment if moment is not None else time + 1
        judgement = detector.judge(time, number_of(texts[1]))
        yield texts[0], texts[1], f"{judgement.score:.6f}"


def score_file(source: Path, target: Path) -> None:
    """Score one file into another. Raises ValueError when it has no columns `timestamp` and `value`."""
    with source.open(newline="", encoding="utf-8-sig") as read, target.open("w", newline="", encoding="utf-8") as out:
        reader = csv.reader(read)
        header = [name.strip().lower() for name in next(reader, [])]
        columns = (header.index("timestamp"), header.index("value"))
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("timestamp", "value", "anomaly_score"))
        writer.writerows(scored((row for row in reader if row), columns))


def main(arguments: list[str] | None = None) -> int:
    """Score the files that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the folder for the scored files")
    parser.add_argument("files", type=Path, nargs="+", help="CSV files with the columns timestamp,value")
    wanted = parser.parse_args(arguments)
    wanted.out.mkdir(parents=True, exist_ok=True)
    for file in wanted.files:
        score_file(file, wanted.out / file.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
