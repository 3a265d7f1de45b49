"""Conversations by the client and the command, over the wire to the service's own functions."""

from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from tests.integration.client.deployment import Deployment
from watchbill_client import NotFound, Watchbill
from watchbill_client.cli.app import app


@pytest.fixture
def client(deployment: Deployment) -> Iterator[Watchbill]:
    """A client of the deployment, which the environment names."""
    with Watchbill() as client:
        yield client


def test_what_is_said_is_answered_and_the_session_knows_it(client: Watchbill) -> None:
    answer = client.chat.send("Hola", context={"business": "Panadería", "preferences": {"tone": "friendly"}})
    asked = client.chat.send("Quiero una campaña", answer.session_id)
    session = client.sessions.prefer(answer.session_id, tone=None, language="en")

    assert (answer.status, answer.task_ids) == ("completed", [])
    assert (asked.status, len(asked.questions)) == ("requires_confirmation", 2)
    assert (session.preferences["tone"], session.context["negocio"], session.messages) == (None, "Panadería", 4)
    history = client.chat.history(answer.session_id, limit=3)
    assert [message.number for message in history] == [4, 3, 2, 1]
    client.sessions.delete(answer.session_id)
    with pytest.raises(NotFound):
        client.sessions.get(answer.session_id)


def test_the_command_prints_the_reply_and_the_session_to_go_on_with(deployment: Deployment) -> None:
    said = CliRunner().invoke(app, ["chat", "Hello", "--session", "mine"])

    assert said.exit_code == 0, said.output
    assert said.output.splitlines()[0].startswith("Hello! Tell me what you need")
    assert said.output.splitlines()[-1] == "session mine"
