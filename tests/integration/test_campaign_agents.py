"""The agents that come along, run for campaigns: what they write and find is measured as content and trends."""

import pytest

from tests.integration.client.server import Reply, serving
from tests.support.bedrock import filling
from tests.support.campaigns import go_on_while_waiting
from tests.support.feeds import feed
from tests.support.tasks import tasks_of

RUN = "/api/agents/campaign/worker/run"
ASKED = {"topic": "How AI is transforming marketing", "contentType": "BLOG_POST"}


@pytest.fixture
def tasks(service, key, channels, model_service, monkeypatch):
    """An organisation with an agent; whoever waits for it lets everything happen that follows by itself."""
    tasks = tasks_of(service, key, monkeypatch)
    go_on_while_waiting(tasks, monkeypatch)
    return tasks


def measured(data):
    return {metric["name"]: metric["value"] for metric in data["metrics"]}


def test_a_writer_s_content_and_tokens_are_the_campaign_s(tasks, model_service):
    tasks.set(runtime={"kind": "builtin"}, agent_type="writer_agent")
    model_service.replies = [filling(subject="What AI does to marketing", body="It writes drafts.")]

    data = tasks.post(RUN, {"config": ASKED})["data"]

    (draft,) = data["drafts"]
    assert (draft["subject"], draft["kind"], data["content_produced"]) == ("What AI does to marketing", "blog_post", 1)
    assert {name: measured(data)[name] for name in ("CONTENT_PRODUCTION", "TOKEN_USAGE", "AGENT_SUCCESS_RATE")} == {
        "CONTENT_PRODUCTION": 1,
        "TOKEN_USAGE": 150,
        "AGENT_SUCCESS_RATE": 1,
    }


def test_what_a_trend_agent_finds_is_the_campaign_s(tasks):
    with serving(lambda seen: Reply(200, feed(seen.path.strip("/")))) as url:
        configuration = {"feeds": [f"{url}/a", f"{url}/b"]}
        tasks.set(runtime={"kind": "builtin"}, agent_type="trend_agent", configuration=configuration)

        data = tasks.post(RUN, {"config": {"topic": "Quantum batteries, baterías cuánticas"}})["data"]

    assert [trend["name"] for trend in data["trends"]] == ["Quantum batteries, baterías cuánticas"]
    assert data["trends"][0]["recent"] == 1
    assert measured(data)["TREND_DETECTION"] == data["trends_detected"] == 1
