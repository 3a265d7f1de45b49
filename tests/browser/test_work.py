"""Tasks, streams and campaigns, as their user meets them."""

import re

WRONG = {"type": "BadInput", "message": "<script>alert(1)</script>", "retryable": False}


def leased_agent(us, name):
    us.prepare(name)
    us.call("PATCH", f"/api/v1/agents/{name}", {"runtime": {"kind": "pull"}}).raise_for_status()


def fail_next_task(us):
    (task,) = us.post("/api/tasks/lease", {"wait_seconds": 20})["tasks"]
    us.post(f"/api/tasks/{task['id']}/fail", {"lease_token": task["lease_token"], "error": WRONG})
    return task


def test_a_dead_letter_is_sent_again_and_waits_for_the_runner_that_was_stopped(window):
    leased_agent(window.us, "worker")
    page = window.open("/dashboard/tasks/new")
    page.get_by_label("Agent, by its name or id").fill("worker")
    page.get_by_label("Type: what kind of work it is").fill("draft")
    page.get_by_label("Input, a JSON object").fill('{"topic": 5}')
    page.get_by_role("button", name="Make the task").click()
    window.finds("text=The task was made.")
    task = fail_next_task(window.us)
    assert task["payload"] == {"topic": 5}

    window.open("/dashboard/tasks")
    page.once("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="Stop the runner").click()
    window.finds("text=Nothing starts while the runner is stopped")
    assert window.faults() == []
    page.get_by_role("link", name="Dead letters").click()
    window.finds("td:has-text('<script>alert(1)</script>')")
    page.get_by_role("checkbox", name="Choose draft of worker").check()
    assert window.faults() == []
    page.get_by_role("button", name="Send the chosen ones again").click()
    window.finds("text=1 task was sent again.")

    window.open(f"/dashboard/tasks/{task['id']}")
    window.finds("text=The task runner is stopped.")
    assert window.faults() == []
    window.open("/dashboard/tasks")
    page.get_by_role("button", name="Start the runner").click()
    window.finds("role=button[name='Stop the runner']")


def test_who_is_executed_on_a_stream_is_seen_in_its_graph(window):
    us = window.us
    for agent in ("scout", "scorer"):
        leased_agent(us, agent)
    stream = us.post("/api/streams", {"name": "Fintechs"})["id"]
    us.post(f"/api/streams/{stream}/items", {"name": "Acme"})
    chain = [{"agent_id": "scout"}, {"agent_id": "scorer", "auto_execute": True, "depends_on_agent_ids": ["scout"]}]
    us.post(f"/api/streams/{stream}/agents", {"assignments": chain})

    page = window.open(f"/dashboard/streams/{stream}")
    page.get_by_role("button", name=re.compile("Execute now.*scout")).click()
    window.finds("text=Its execution is queued")
    window.finds(".node:has-text('scout') >> text=queued")
    assert window.faults() == []


def test_an_agent_is_had_to_run_for_a_campaign_and_is_found_there(window):
    leased_agent(window.us, "writer")
    campaign = window.us.post("/api/campaigns", {"name": "Summer", "status": "ACTIVE", "budget": 10})["id"]

    page = window.open(f"/dashboard/campaigns/{campaign}")
    page.get_by_label("Agent, by its name or id").fill("writer")
    page.get_by_role("button", name="Run it").click()
    window.finds("text=The run is queued.")
    window.open(f"/dashboard/campaigns/{campaign}")
    window.finds("th:has-text('campaign')")
    assert window.faults() == []
