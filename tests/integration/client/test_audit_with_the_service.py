"""The audit log by the client and by the command, over the wire to the service's own functions."""

import json

from typer.testing import CliRunner

from tests.integration.client.deployment import Deployment
from watchbill_client import Watchbill
from watchbill_client.cli.app import app


def watchbill(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["audit", *arguments], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert result.exit_code == 0, result.output
    return result.stdout


def test_who_did_what_is_read_by_the_client_and_by_the_command(deployment: Deployment) -> None:
    with Watchbill() as client:
        issued = client.keys.create("ci", ["read"])
        client.keys.revoke(issued.id)
        found = list(client.audit.list(action="identity", limit=1))
        (first, *_) = client.audit.list(resource=issued.id)

    assert [entry.action for entry in found] == ["identity.revoke_key", "identity.issue_key", "identity.provision"]
    assert (first.actor.kind, first.outcome, first.status) == ("key", "done", 204)
    assert [entry["made"] for entry in json.loads(watchbill("--json", "--limit", "2"))] == [None, issued.id]
    assert "identity.issue_key" in watchbill("--from", "2020-01-01T00:00:00Z", "--actor", "operator")
    assert "Nobody did any such thing." in watchbill("--to", "2020-01-01T00:00:00Z")
