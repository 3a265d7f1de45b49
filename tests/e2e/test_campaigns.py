"""Agents that run for campaigns on the local stack: the original's flow over HTTP, at once, and the two programs."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local.processes import wait_until

ROOT = Path(__file__).parents[2]
SOON = 60
"""Seconds: cold functions on a busy machine."""
AT_ONCE = 5
"""Each begins a process of the emulator's; twenty at once are tried in process."""
CONFIG = {"topic": "How AI is transforming marketing", "contentType": "BLOG_POST"}
USAGE = {"input": 350, "output": 2200, "total": 2550, "model": "gpt-4"}
POST = {"subject": "AI and marketing", "body": "# AI and marketing\n\nMuch has changed."}
EXAMPLES = re.findall(
    r"^```console\n\$ python -m examples\.(\w+)\n(.*?)^```$",
    (ROOT / "docs/campaigns.md").read_text("utf-8"),
    re.M | re.S,
)


@pytest.fixture(scope="module")
def us(caller):
    """An organisation with a writer that makes one attempt, and an agent whose runs nobody leases."""
    us = caller("campaigning")
    us.prepare("author")
    settings = {"type": "CONTENT_CREATOR", "agent_type": "writer_agent", "max_retries": 0}
    us.call("PATCH", "/api/v1/agents/author", settings).raise_for_status()
    us.prepare("crowd")
    us.call("PATCH", "/api/v1/agents/crowd", {"runtime": {"kind": "pull"}, "concurrency": AT_ONCE}).raise_for_status()
    return us


def run(us, language_model, **wish):
    """Have the writer run, which has something to say; what came of it."""
    language_model.answers = [POST]
    answer = us.post("/api/agents/campaign/author/run", {"config": CONFIG, "tokenUsage": USAGE, **wish})
    assert wait_until(lambda: us.get(answer["data"]["location"])["status"] in ("completed", "failed"), SOON)
    return answer


def test_the_original_s_flow(us, language_model):
    # The first one may take longer than it is waited for: the worker loads a large library.
    first = run(us, language_model)["data"]
    second = run(us, language_model)
    given = us.post("/api/campaigns", {"name": "Autumn", "budget": 10})["id"]
    third = run(us, language_model, campaignId=given)["data"]

    made = us.get(f"/api/campaigns/{first['campaignId']}")
    assert (made["name"], made["status"], made["campaignType"]) == ("author Campaign", "ACTIVE", "CONTENT_MARKETING")
    assert (second["status"], second["data"]["campaignId"]) == ("success", first["campaignId"])
    assert second["data"]["drafts"][0]["body"] == POST["body"]
    assert second["data"]["tokenUsage"] == USAGE
    names = [metric["name"] for metric in second["data"]["metrics"]]
    assert names == ["AGENT_EXECUTION_TIME", "AGENT_SUCCESS_RATE", "TOKEN_USAGE", "CONTENT_PRODUCTION"]
    assert third["campaignId"] == given

    counted = lambda: us.get(f"/api/campaigns/{made['id']}/performance")["completed"] == 2  # noqa: E731
    assert wait_until(counted, SOON)
    told = us.get(f"/api/campaigns/{made['id']}/performance")
    assert (told["cost"], told["tokens"]["total"], told["contentProduced"]) == (0.285, 5100, 2)
    linked = us.get("/api/agents/campaign/author/campaigns")
    assert (linked["status"], linked["count"]) == ("success", 2)
    assert [campaign["id"] for campaign in linked["data"]] == [given, made["id"]]
    tokens = us.get(f"/api/agents/campaign/author/metrics?name=TOKEN_USAGE&campaignId={given}")
    assert (tokens["status"], tokens["count"], tokens["data"][0]["value"]) == ("success", 1, 2550)
    assert tokens["data"][0]["executionId"] == third["executionId"]
    assert us.get("/api/agents/campaign/author")["data"]["status"] == "COMPLETED"


def test_first_runs_at_once_make_one_campaign_and_one_too_many_is_told_so(us):
    begin = lambda _: us.call("POST", "/api/agents/campaign/crowd/run?wait=0", {"config": {}})  # noqa: E731
    with ThreadPoolExecutor(AT_ONCE) as pool:
        begun = list(pool.map(begin, range(AT_ONCE)))

    assert {answer.status_code for answer in begun} == {202}
    campaigns = {answer.json()["data"]["campaignId"] for answer in begun}
    assert [one["id"] for one in us.get("/api/agents/campaign/crowd/campaigns")["data"]] == list(campaigns)
    refused = begin(None)
    assert (refused.status_code, refused.json()["status"]) == (409, "already_running")
    stopped = us.post("/api/agents/campaign/crowd/stop", {})["data"]
    assert (len(stopped["stopped"]), stopped["status"]) == (AT_ONCE, "PAUSED")


@pytest.mark.parametrize(("program", "expected"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_the_programs_print_what_the_documentation_shows(us, program, expected):
    known = os.environ | {"WATCHBILL_URL": us.url, "WATCHBILL_API_KEY": us.key}
    command = [sys.executable, "-W", "error", "-m", f"examples.{program}"]

    done = subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True, check=False, timeout=120)

    assert (done.returncode, done.stderr) == (0, "")
    assert varying(done.stdout) == varying(expected)


def test_both_programs_are_documented():
    assert [name for name, _ in EXAMPLES] == ["campaign_link", "campaign_run"]


def varying(text):
    """What is printed, without what is different each time: times of day, and durations."""
    return re.sub(r" +\d+ ms", " … ms", re.sub(r"\d\d:?\d\d:?\d\d\b", "…", text))
