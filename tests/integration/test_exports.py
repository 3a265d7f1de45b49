"""Exports of runs: the files hold what was posted, each run once, whatever dies or comes twice on the way."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from arro3.io import read_parquet

from tests.support import telemetry
from tests.support.channels import received
from tests.support.local_table import ENVIRONMENT
from tests.support.steps import EXPORTS, get, post_run, prepare
from tests.support.tasks import Tasks
from watchbill.exports import rules
from watchbill.exports import service as exports
from watchbill.exports.store import ExportStore
from watchbill.platform import clock, settings
from watchbill.platform.clock import frozen_at
from watchbill.platform.files import Files
from watchbill.platform.queue import Queue
from watchbill.services import services
from watchbill.telemetry.fold import run_id

DAY = datetime(2026, 3, 10, tzinfo=UTC)
NOW = DAY + timedelta(hours=30)
INTERVAL = {"from": "2026-03-10T00:00:00Z", "to": "2026-03-11T00:00:00Z"}
BUCKET = ENVIRONMENT[settings.FILES_BUCKET]
each_format = pytest.mark.parametrize("form", ["csv", "parquet"])


@pytest.fixture(autouse=True)
def today():
    """A frozen clock, the morning after the day that is exported."""
    with frozen_at(NOW):
        yield


@pytest.fixture
def tasks(service, key, channels):
    """What makes exports go on."""
    return Tasks(service, key, None)


@pytest.fixture
def small(monkeypatch):
    """Parts of three rows."""
    monkeypatch.setattr(rules, "MOST_ROWS", 3)


def ask(tasks, form="csv", **wish):
    """Ask for an export; its id."""
    return tasks.post(EXPORTS, {"format": form, **INTERVAL, **wish})["id"]


def finished(tasks, form="csv", **wish):
    """An export that has come to its end."""
    export_id = ask(tasks, form, **wish)
    tasks.go_on()
    return tasks.get(f"{EXPORTS}/{export_id}")


def fetched(url):
    """What a link leads to, read by what the link names; its signature is S3's to check."""
    parts = urlsplit(url)
    name = parts.path.removeprefix(f"/{BUCKET}").lstrip("/")
    assert parse_qs(parts.query)["X-Amz-Expires"] == ["900"]
    return boto3.client("s3").get_object(Bucket=BUCKET, Key=name)["Body"].read()


def rows_of(export):
    """The rows of all files of an export."""
    assert export["status"] == "completed", export
    found = [row for file in export["files"] for row in READERS[export["format"]](fetched(file["url"]))]
    assert len(found) == export["rows"] == sum(file["rows"] for file in export["files"])
    return found


def read_csv(content):
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def read_arrow(content):
    table = read_parquet(io.BytesIO(content)).read_all()
    columns = {name: table[name].to_pylist() for name in table.column_names}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


READERS = {"csv": read_csv, "parquet": read_arrow}


def at(hour, minute=0):
    return clock.to_text(DAY + timedelta(hours=hour, minutes=minute))


FULL = {
    "created": at(11),
    "started_at": at(11, 1),
    "completed_at": at(11, 2),
    "status": "failed",
    "id": 2**60,
    "task_id": "t-1",
    "initiator": "amara",
    "user_id": 'naïve, "quoted"\nuser'[:5],
    "models": ["nova-lite", 'a "b", c'],
    "tools": ["search"],
    "cost": 0.0000000001,
    "tokens": {"input": 10, "output": 5, "cache_read": 3},
    "quality_score": 87.5,
    "items_processed": 7,
    "summary": 'two\nlines, "quoted"',
    "error": {"type": "Timeout", "message": "=HYPERLINK(1)"},
    "input": {"a": [1, "é"]},
    "attempt": 2,
}


class TestRows:
    def test_a_run_in_csv_is_what_was_posted(self, service, key, tasks):
        prepare(service, key, "ada", "1.0.0")
        run = post_run(service, key, "ada", "1.0.0", **FULL)

        (row,) = rows_of(finished(tasks, bodies=True))

        told = {name: value for name, value in row.items() if value}
        assert json.loads(told.pop("models")) == FULL["models"]
        assert json.loads(told.pop("tools")) == FULL["tools"]
        assert json.loads(told.pop("input")) == FULL["input"]
        assert told == {
            "run_id": run["run_id"],
            "agent_id": run["agent_id"],
            "agent": "ada",
            "version": "1.0.0",
            "id": str(2**60),
            "status": "failed",
            "trigger": "ingest",
            "attempt": "2",
            "created": at(11),
            "started_at": at(11, 1),
            "completed_at": at(11, 2),
            "recorded_at": clock.to_text(NOW),
            "duration_ms": "60000",
            "cost": "0.0000000001",
            "input_tokens": "10",
            "output_tokens": "5",
            "total_tokens": "15",
            "cache_read_tokens": "3",
            "initiator": "amara",
            "user_id": FULL["user_id"],
            "task_id": "t-1",
            "quality_score": "87.5",
            "items_processed": "7",
            "summary": FULL["summary"],
            "error_type": "Timeout",
            "error_message": "'=HYPERLINK(1)",
        }

    def test_a_run_in_parquet_is_what_was_posted_each_value_of_its_type(self, service, key, tasks):
        prepare(service, key, "ada", "1.0.0")
        post_run(service, key, "ada", "1.0.0", **FULL)
        post_run(service, key, "ada", "1.0.0", created=at(10))

        full, bare = rows_of(finished(tasks, "parquet", bodies=True))

        assert full["created"] == DAY + timedelta(hours=11)
        assert full["created"].utcoffset() == timedelta(0)
        assert (full["cost"], type(full["cost"])) == (Decimal("1E-10"), Decimal)
        assert full["models"] == FULL["models"]
        assert (full["duration_ms"], full["total_tokens"], full["quality_score"]) == (60_000, 15, 87.5)
        assert (full["id"], full["error_message"], full["summary"]) == (str(2**60), "=HYPERLINK(1)", FULL["summary"])
        assert json.loads(full["input"]) == FULL["input"]
        assert {name for name, value in bare.items() if value not in (None, [])} == {
            *("run_id", "agent_id", "agent", "version", "status", "trigger", "attempt", "created", "recorded_at")
        }
        assert bare["models"] == []

    @each_format
    @pytest.mark.usefixtures("small")
    def test_the_rows_are_the_runs_of_the_interval_each_once(self, service, key, tasks, form):
        for agent in ("ada", "bob", "idle"):
            prepare(service, key, agent, "1", "2")
        borders = {"before": at(-1, 59), "first": at(0), "last": "2026-03-10T23:59:59.999Z", "behind": at(24)}
        for name, created in borders.items():
            post_run(service, key, "ada", "1", id=name, created=created)
        for number in range(8):
            post_run(service, key, "bob", str(1 + number % 2), id=number, created=at(12, number // 3))
        post_run(service, key, "bob", "1", id=0, created=at(12), cost=4)
        service.settle()

        export = finished(tasks, form)

        ids = [row["id"] for row in rows_of(export)]
        assert sorted(ids) == sorted(["first", "last", *map(str, range(8))])
        assert [file["rows"] for file in export["files"]] == [3, 3, 3, 1]

    def test_an_agent_and_a_version_narrow_it(self, service, key, tasks):
        for agent in ("ada", "bob"):
            prepare(service, key, agent, "1", "2")
            for version in ("1", "2"):
                post_run(service, key, agent, version, id=f"{agent} {version}", created=at(1))

        def ids(**wish):
            return sorted(row["id"] for row in rows_of(finished(tasks, **wish)))

        assert ids(agent="ada") == ["ada 1", "ada 2"]
        assert ids(agent="bob", version="2") == ["bob 2"]

    def test_a_run_that_moved_to_another_agent_is_that_ones_alone(self, service, key, tasks):
        helper = replace(telemetry.agent("helper", "invoke_agent boss"), end=500)
        begin = round(DAY.timestamp() * 1000) + 60_000
        for span in (helper, telemetry.agent("boss")):
            assert telemetry.export(service, key, [span], begin_ms=begin).status == 200

        told = [(row["agent"], row["run_id"] == run_id(telemetry.trace_id("t"))) for row in rows_of(finished(tasks))]

        assert sorted(told) == [("boss", True), ("helper", False)]
        assert [row["agent"] for row in rows_of(finished(tasks, agent="helper"))] == ["helper"]

    def test_a_run_that_is_recorded_while_an_export_is_under_way_is_not_in_it(self, service, key, tasks):
        prepare(service, key, "ada", "1")
        post_run(service, key, "ada", "1", id="there", created=at(1))
        export_id = ask(tasks)
        with frozen_at(NOW + timedelta(seconds=1)):
            post_run(service, key, "ada", "1", id="late", created=at(2))
            tasks.go_on()

            assert [row["id"] for row in rows_of(tasks.get(f"{EXPORTS}/{export_id}"))] == ["there"]

    def test_an_interval_without_runs_is_completed_without_a_file(self, service, key, tasks):
        prepare(service, key)
        post_run(service, key, created=at(30))

        export = finished(tasks, "parquet")

        assert (export["status"], export["rows"], export["files"]) == ("completed", 0, [])

    def test_another_organisation_s_runs_are_not_in_it_and_its_files_lie_apart(self, service, key, tasks):
        other = service.organisation("other")
        for one in (key, other):
            prepare(service, one, "ada", "1")
            post_run(service, one, "ada", "1", id=f"of {'us' if one == key else 'them'}", created=at(1))

        ours, theirs = finished(tasks), finished(Tasks(service, other, None))

        assert [row["id"] for row in rows_of(ours)] == ["of us"]
        assert [row["id"] for row in rows_of(theirs)] == ["of them"]
        assert service.request("GET", f"{EXPORTS}/{ours['id']}", key=other).status == 404
        stored = boto3.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
        assert {one["Key"].split("/")[1] for one in stored} == {"demo", "other"}


class TestSteps:
    """Ten runs, three to a part."""

    @pytest.fixture(autouse=True)
    def runs(self, service, key, monkeypatch):
        monkeypatch.setattr(rules, "MOST_ROWS", 3)
        prepare(service, key, "ada", "1")
        runs = [{"id": number, "created": at(1, number), "status": "completed"} for number in range(10)]
        service.request("POST", "/api/v1/agents/ada/versions/1/runs", {"runs": runs}, key=key)

    def complete(self, tasks, export_id):
        """That the export ends with each run once."""
        tasks.go_on()
        export = tasks.get(f"{EXPORTS}/{export_id}")
        assert sorted(int(row["id"]) for row in rows_of(export)) == list(range(10))
        return export

    def test_progress_is_told_and_links_come_at_the_end(self, tasks):
        export_id = ask(tasks)
        tasks._stream()
        tasks._queue(Queue.EXPORTS)

        export = tasks.get(f"{EXPORTS}/{export_id}")

        assert (export["status"], export["rows"], export["files"]) == ("running", 3, [])
        self.complete(tasks, export_id)

    def test_every_step_may_come_twice_at_once_or_late(self, service, tasks):
        export_id, events = ask(tasks), []
        while tasks._stream():
            event = received(Queue.EXPORTS)
            before = tasks.get(f"{EXPORTS}/{export_id}")["rows"]
            for _ in range(2 if event["Records"] else 0):
                service.invoke("export_worker", event)
            assert tasks.get(f"{EXPORTS}/{export_id}")["rows"] - before <= 3
            events.append(event)
        for event in filter(lambda event: event["Records"], events):
            service.invoke("export_worker", event)

        export = self.complete(tasks, export_id)
        assert [file["rows"] for file in export["files"]] == [3, 3, 3, 1]

    def test_a_worker_that_was_overtaken_takes_nothing_back(self, service, tasks, monkeypatch):
        export_id = ask(tasks)
        tasks._stream()
        event, put = received(Queue.EXPORTS), Files.put

        def overtaken(files, *given):
            with monkeypatch.context() as patch:
                patch.setattr(Files, "put", put)
                patch.setattr(rules, "MOST_ROWS", 1)
                service.invoke("export_worker", event)
                tasks.go_on()
            put(files, *given)

        with monkeypatch.context() as patch:
            patch.setattr(Files, "put", overtaken)
            service.invoke("export_worker", event)

        export = self.complete(tasks, export_id)
        assert [file["rows"] for file in export["files"]] == [1] * 10
        assert len(boto3.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]) == 11

    def test_a_worker_that_dies_between_file_and_cursor_is_followed_by_another(self, service, tasks, monkeypatch):
        export_id = ask(tasks)
        tasks._stream()
        event = received(Queue.EXPORTS)

        class Dead(BaseException):
            pass

        def dies(*_):
            raise Dead

        with monkeypatch.context() as patch:
            patch.setattr(ExportStore, "advance", dies)
            with pytest.raises(Dead):
                service.invoke("export_worker", event)
        assert tasks.get(f"{EXPORTS}/{export_id}")["rows"] == 0
        service.invoke("export_worker", event)

        self.complete(tasks, export_id)

    def test_a_step_has_its_time_and_goes_on_from_there(self, tasks, monkeypatch):
        monkeypatch.setattr(exports, "WORK_TIME", timedelta(0))

        export = self.complete(tasks, ask(tasks))

        assert [file["rows"] for file in export["files"]] == [1] * 10

    def test_a_step_that_never_succeeds_ends_the_export_with_the_reason(self, tasks):
        export_id = ask(tasks)

        services("demo").exports.work(export_id, 0, receives=rules.MOST_RECEIVES + 1)

        export = tasks.get(f"{EXPORTS}/{export_id}")
        assert (export["status"], export["files"]) == ("failed", [])
        assert "could not be done" in export["reason"]

    def test_more_than_the_steps_there_are_ends_it_too(self, tasks, monkeypatch):
        monkeypatch.setattr(rules, "MOST_STEPS", 2)

        export = finished(tasks)

        assert (export["status"], export["rows"]) == ("failed", 6)
        assert export["reason"] == "after 6 rows there are more; export shorter intervals"


class TestAsking:
    def test_exports_are_listed_newest_first_until_they_are_gone(self, service, key, tasks):
        asked = [ask(tasks) for _ in range(3)]

        page = get(service, key, f"{EXPORTS}?limit=2")
        rest = get(service, key, f"{EXPORTS}?cursor={page['next_cursor']}")

        assert [one["id"] for one in (*page["items"], *rest["items"])] == asked[::-1]
        assert page["items"][0]["from"] == at(0)
        assert "files" not in page["items"][0]
        with frozen_at(NOW + timedelta(days=7)):
            assert service.request("GET", f"{EXPORTS}/{asked[0]}", key=key).status == 404

    def test_more_than_five_at_once_are_refused_until_one_is_done(self, service, key, tasks):
        for _ in range(rules.MOST_RUNNING):
            ask(tasks)

        refused = service.request("POST", EXPORTS, {"format": "csv", **INTERVAL}, key=key)
        tasks.go_on()

        assert (refused.status, refused.json["detail"]) == (409, "5 exports are under way; wait for one of them")
        assert ask(tasks)

    def test_it_goes_up_to_now_unless_told(self, tasks):
        made = tasks.post(EXPORTS, {"format": "csv", "from": at(0)})

        assert tasks.get(made["href"])["to"] == clock.to_text(NOW)
