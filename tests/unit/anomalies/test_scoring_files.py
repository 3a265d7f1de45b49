"""`python benchmarks/anomalies.py` gives back every row as it was, with a score, whatever its times look like."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.anomalies import main, seconds_of
from tests.architecture.sources import ROOT
from tests.unit.anomalies.series import steady

NEW_YEAR = 1_767_225_600.0


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T00:00:00Z",
        "2026-01-01 00:00:00",
        "2026-01-01T01:00:00+01:00",
        "2026-01-01 00:00:00.000000",
        "2026-01-01",
        "01/01/2026 00:00",
        "1767225600",
        "1767225600.0",
        "1767225600000",
        "1767225600000000",
    ],
)
def test_a_time_is_read_in_every_common_form(text: str) -> None:
    assert seconds_of(text) == NEW_YEAR


def test_milliseconds_that_look_like_a_medieval_day_are_milliseconds() -> None:
    assert seconds_of("1412102400000") == 1_412_102_400.0


def test_what_is_no_time_is_none() -> None:
    assert seconds_of("yesterday") is None
    assert seconds_of("") is None


def test_the_rows_come_back_as_they_were_each_with_a_score(tmp_path: Path) -> None:
    values = [f"{value:.3f}" for value in steady(300)]
    values[250], values[100], values[101], values[102] = "1e4", "NaN", "", "n/a"
    rows = [[f"2026-01-{1 + hour // 24:02d} {hour % 24:02d}:00:00", value] for hour, value in enumerate(values)]
    source = tmp_path / "series.csv"
    source.write_text("timestamp,value\n" + "".join(f"{time},{value}\n" for time, value in rows))

    assert main(["--out", str(tmp_path / "out"), str(source)]) == 0

    with (tmp_path / "out" / "series.csv").open() as file:
        header, *scored = csv.reader(file)
    assert header == ["timestamp", "value", "anomaly_score"]
    assert [row[:2] for row in scored] == rows
    assert all(0 <= float(row[2]) <= 1 for row in scored)
    assert max(scored, key=lambda row: float(row[2]))[1] == "1e4"


def test_it_runs_as_a_script_on_several_files_and_an_empty_one(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("timestamp,value\n" + ("1,2\n2,3\n" if name == "a.csv" else ""))
    files = [str(tmp_path / name) for name in ("a.csv", "b.csv")]

    command = [sys.executable, str(ROOT / "benchmarks" / "anomalies.py"), "--out", str(tmp_path / "out"), *files]
    subprocess.run(command, check=True, cwd=tmp_path)

    assert (tmp_path / "out" / "a.csv").read_text().splitlines()[1:] == ["1,2,0.000000", "2,3,0.000000"]
    assert (tmp_path / "out" / "b.csv").read_text() == "timestamp,value,anomaly_score\n"
