"""The writer on the local stack: its layer, its grants, and what becomes of an answer that is no draft."""

import pytest

from infra.local.processes import wait_until

SOON = 60
"""Seconds: a cold function that loads a large library on a busy machine."""


@pytest.fixture(scope="module")
def us(caller):
    """An organisation with a writer that makes one attempt."""
    us = caller("writing")
    us.prepare("scribe", "1")
    settings = {"agent_type": "writer_agent", "max_retries": 0, "configuration": {"language": "es"}}
    us.call("PATCH", "/api/v1/agents/scribe", settings).raise_for_status()
    return us


def done(us):
    """A task of the writer, as it is in the end."""
    wish = {"agent_id": "scribe", "task_type": "write", "payload": {"topic": "Ferias de marzo"}}
    task = us.post("/api/tasks", wish)["id"]
    assert wait_until(lambda: us.get(f"/api/tasks/{task}")["status"] in ("completed", "failed"), SOON)
    return us.get(f"/api/tasks/{task}")


def test_a_model_s_draft_is_the_task_s_output_and_its_tokens_are_counted(us, language_model):
    language_model.answers = [{"subject": "Marzo", "body": "Hola, Ana:"}]

    task = done(us)

    assert (task["status"], task["error"]) == ("completed", None), task["error"]
    assert [(draft["subject"], draft["language"]) for draft in task["output"]["drafts"]] == [("Marzo", "es")]
    assert task["metrics"]["tokens"]["total"] == 280
    assert task["metrics"]["cost"] > 0


def test_the_emulator_s_own_text_is_no_draft_and_the_task_says_so(us, language_model):
    language_model.answers = []

    task = done(us)

    assert (task["status"], task["output"], task["error"]["type"]) == ("failed", None, "UnusableAnswer")
    assert task["metrics"]["tokens"]["total"] > 0
