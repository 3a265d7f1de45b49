"""Exports by the client and the command, over the wire to the service's own functions, files from a socket beside."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import boto3
import pytest
from typer.testing import CliRunner

from tests.integration.client.deployment import Deployment
from tests.integration.client.server import Reply, Seen, serving
from tests.support.channels import make_channels
from tests.support.local_table import ENVIRONMENT
from tests.support.tasks import Tasks
from watchbill.platform import settings
from watchbill.platform.files import Files
from watchbill_client import NewRun, UnexpectedAnswer, Watchbill
from watchbill_client.cli.app import app
from watchbill_client.resources import exports

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
BUCKET = ENVIRONMENT[settings.FILES_BUCKET]


@pytest.fixture
def requests() -> list[Seen]:
    """What was asked of the bucket."""
    return []


@pytest.fixture
def client(deployment: Deployment, requests: list[Seen], monkeypatch: pytest.MonkeyPatch) -> Iterator[Watchbill]:
    """A client of a deployment that has three runs; exports go on while somebody waits."""
    make_channels()
    tasks = Tasks(deployment.service, deployment.key, None)  # type: ignore[arg-type]
    monkeypatch.setattr(deployment.service, "settle", tasks._stream)
    monkeypatch.setattr(exports, "time", SimpleNamespace(sleep=lambda _: tasks.go_on()))

    def answer(seen: Seen) -> Reply:
        requests.append(seen)
        if "gone" in seen.path:
            return Reply(403, b"<Error/>", {})
        stored = boto3.client("s3").get_object(Bucket=BUCKET, Key=seen.path.removeprefix(f"/{BUCKET}").lstrip("/"))
        return Reply(200, stored["Body"].read(), {})

    with serving(answer) as url, Watchbill() as client:
        link = Files.link
        monkeypatch.setattr(
            Files, "link", lambda files, *named: f"{url}{urlsplit(link(files, *named)).path}?X-Amz-Signature=1"
        )
        client.agents.register("ada", project="p")
        client.versions.add("ada", "1")
        for number in range(3):
            client.runs.add("ada", "1", NewRun(status="completed", created=JUNE, id=number))
        yield client


def test_an_export_is_waited_for_and_saved_without_showing_the_key(
    client: Watchbill, requests: list[Seen], tmp_path: Path
) -> None:
    begun = client.exports.create("csv", JUNE, agent="ada")
    watched: list[str] = []

    ended = client.exports.wait(begun.id, lambda now: watched.append(now.status))
    (path,) = client.exports.download(ended, tmp_path / "june")

    assert (begun.has_ended, watched, ended.rows) == (False, ["running", "completed"], 3)
    assert path.read_text("utf-8").count("\n") == 4
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert not [seen for seen in requests if "authorization" in seen.headers]
    assert [one.id for one in client.exports.list()] == [ended.id]


def test_a_link_that_is_good_no_longer_leaves_no_file(client: Watchbill, tmp_path: Path) -> None:
    ended = client.exports.wait(client.exports.create("csv", JUNE).id)
    (file,) = ended.files
    old = ended.model_copy(update={"files": (file.model_copy(update={"url": file.url.replace("demo", "gone")}),)})

    with pytest.raises(UnexpectedAnswer, match="good no longer"):
        list(client.exports.download(old, tmp_path))

    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("client")
def test_the_command_saves_the_files_and_says_where(tmp_path: Path) -> None:
    asked = ["export", "--from", "2026-06-01T00:00:00Z", "--format", "parquet", "--out", str(tmp_path)]

    said = CliRunner().invoke(app, asked)
    told = CliRunner().invoke(app, [*asked, "--json"])

    assert said.exit_code == told.exit_code == 0, said.output + told.output
    assert said.stdout.startswith("3 runs in 1 files.\n")
    assert {path.read_bytes()[:4] for path in tmp_path.iterdir()} == {b"PAR1"}
    assert json.loads(told.stdout)["saved"][0] in map(str, tmp_path.iterdir())
