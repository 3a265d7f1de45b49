"""Every resource over the wire: methods, paths, headers and bodies, and what is made of the answers."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.integration.client.server import Reply
from tests.integration.client.service import API_KEY, Service
from watchbill_client import (
    AuthenticationFailed,
    Conflict,
    ConnectionFailed,
    NewRun,
    NotFound,
    Rebuild,
    Retries,
    RunUpdate,
    Tokens,
    UnexpectedAnswer,
    UnusableName,
    Watchbill,
)


def test_registering_an_agent_twice_finds_the_first(client: Watchbill, service: Service) -> None:
    first = client.agents.register("scout", "growth", type="research")
    again = client.agents.register("scout", "growth", type="research")

    assert again == first
    assert first.type == "research"
    assert first.created_at == datetime(2026, 11, 20, 16, 40, 12, tzinfo=UTC)
    assert service.seen[0].json == {"name": "scout", "project": "growth", "type": "research"}


def test_registering_an_agent_under_another_project_is_a_conflict(client: Watchbill) -> None:
    client.agents.register("scout", "growth")

    with pytest.raises(Conflict) as caught:
        client.agents.register("scout", "finance")
    assert caught.value.status == 409
    assert caught.value.detail == "another project has it"
    assert caught.value.request_id == "request-1"


def test_updating_an_agent_sends_only_what_is_given(client: Watchbill, service: Service) -> None:
    service.add_agent("scout")

    assert client.agents.update("scout", type="research").type == "research"
    assert service.seen[-1].json == {"type": "research"}


def test_an_unknown_agent_is_not_found(client: Watchbill) -> None:
    with pytest.raises(NotFound, match="no agent 'nobody'"):
        client.agents.get("nobody")


def test_a_name_that_looks_like_a_path_stays_one_segment(client: Watchbill, service: Service) -> None:
    with pytest.raises(NotFound, match=r"no agent '\.\./keys\?x'"):
        client.agents.get("../keys?x")
    assert service.seen[-1].path == "/api/v1/agents/..%2Fkeys%3Fx"


@pytest.mark.parametrize("name", ["", ".", "..", "\udcff"])
def test_a_name_that_no_address_can_hold_is_not_sent(client: Watchbill, service: Service, name: str) -> None:
    with pytest.raises(UnusableName, match="cannot be a name or an id"):
        client.agents.get(name)
    with pytest.raises(UnusableName):
        client.keys.revoke(name)
    assert service.seen == []


def test_versions_are_added_listed_and_read(client: Watchbill, service: Service) -> None:
    service.add_agent("scout")

    client.versions.add("scout", "1.9.0", cluster="c1", deployment="prod", tools=["web"], models=["nova"])
    client.versions.add("scout", "1.10.0")

    assert [version.version for version in client.versions.list("scout")] == ["1.10.0", "1.9.0"]
    assert client.versions.get("scout", "1.9.0").tools == ("web",)
    assert service.seen[1].json == {"version": "1.10.0", "tools": [], "models": []}


def test_a_run_keeps_its_money_exact_and_its_times_zoned(client: Watchbill, service: Service) -> None:
    service.add_agent("scout", "1.0.0")
    created = datetime(2026, 11, 20, 12, 0, 0, 123_000, tzinfo=UTC)

    run = client.runs.add(
        "scout",
        "1.0.0",
        NewRun(
            status="completed",
            created=created,
            id=9_223_372_036_854_775_807,
            duration_ms=5_300,
            cost=Decimal("0.1234567891"),
            tokens=Tokens(input=10, output=20),
        ),
    )

    sent = service.seen[-1]
    assert b'"cost":0.1234567891' in sent.body
    assert sent.json["created"] == "2026-11-20T12:00:00.123000Z"
    assert "user_satisfaction" not in sent.json
    assert (run.cost, run.created, run.id) == (Decimal("0.1234567891"), created, 9_223_372_036_854_775_807)
    assert (run.duration_ms, run.tokens) == (5_300, Tokens(input=10, output=20))


def test_a_run_may_be_given_in_the_words_of_the_api(client: Watchbill, service: Service) -> None:
    service.add_agent("scout", "1.0.0")

    run = client.runs.add(
        "scout", "1.0.0", {"status": "success", "time_taken": "5m30s", "created": "2026-11-20T12:00:00Z"}
    )

    assert run.status == "success"
    assert service.seen[-1].json == {"status": "success", "time_taken": "5m30s", "created": "2026-11-20T12:00:00Z"}


def test_late_facts_are_sent_alone(client: Watchbill, service: Service) -> None:
    service.add_agent("scout", "1.0.0")
    run_id = service.add_run("scout", "1.0.0", status="running")

    run = client.runs.update("scout", run_id, RunUpdate(status="completed", cost=Decimal("0.02")))

    assert service.seen[-1].method == "PATCH"
    assert service.seen[-1].json == {"status": "completed", "cost": 0.02}
    assert run.status == "completed"


def test_a_field_the_client_does_not_know_is_kept(client: Watchbill, service: Service) -> None:
    service.add_agent("scout", "1.0.0")
    run_id = service.add_run("scout", "1.0.0", mood="sunny")

    assert client.runs.get("scout", run_id).model_dump()["mood"] == "sunny"


def test_a_key_is_issued_listed_without_its_secret_and_revoked(client: Watchbill, service: Service) -> None:
    issued = client.keys.create("ci", ["ingest"])

    assert issued.secret == "wb_demo_secret1"
    assert "wb_demo_secret1" not in repr(issued)
    assert [(key.id, key.scopes) for key in client.keys.list()] == [(issued.id, ("ingest",))]
    client.keys.revoke(issued.id)
    assert list(client.keys.list()) == []


def test_the_organisation_changes_only_what_is_given(client: Watchbill, service: Service) -> None:
    assert client.organisation.get().time_zone == "UTC"

    assert client.organisation.update(time_zone="Europe/London").time_zone == "Europe/London"
    assert service.seen[-1].json == {"time_zone": "Europe/London"}


def test_a_rebuild_is_advanced_until_it_is_completed(client: Watchbill, service: Service) -> None:
    progress = {"done": 10, "total": 20, "percentage": 50.0}
    service.rebuild_steps.extend(
        [
            {"id": "r1", "state": "counting", "progress": progress, "retry_after": 0.001},
            {"id": "r1", "state": "completed", "progress": {**progress, "done": 20}, "retry_after": None},
        ]
    )

    steps: list[Rebuild] = []
    completed = client.rebuild.run(steps.append)

    assert completed == steps[-1]
    assert [(step.state, step.progress.done) for step in steps] == [("counting", 10), ("completed", 20)]
    assert [seen.json for seen in service.seen] == [{}, {}]


def test_the_dashboards_figures_come_in_the_clients_units(client: Watchbill, service: Service) -> None:
    service.add_agent("scout", "1.0.0")

    (card,) = client.ui.stats()
    (activity,) = client.ui.recent_activity()
    (version,) = client.ui.agent_versions()

    assert card.raw == Decimal("123.45")
    assert (activity.duration_ms, activity.cost) == (5_500, Decimal("0.1"))
    assert (version.avg_runtime_ms, version.success_rate, version.spend) == (3_500, 98.5, Decimal("123.45"))


def test_a_client_without_a_key_sends_none_and_hears_the_gateways_own_words(
    url: str, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WATCHBILL_API_KEY")

    with Watchbill(url) as client, pytest.raises(AuthenticationFailed, match="Unauthorized"):
        client.agents.get("scout")
    assert "authorization" not in service.seen[-1].headers


def test_the_environment_names_the_deployment_and_the_key(url: str, service: Service) -> None:
    with Watchbill() as client:
        client.organisation.get()

    assert client.url == url
    assert service.seen[-1].headers["authorization"] == f"Bearer {API_KEY}"
    assert service.seen[-1].headers["user-agent"].startswith("watchbill-client/")


@pytest.mark.parametrize("body", [b"<html>hello</html>", b"[]", b'{"name": 3}', b""])
def test_an_answer_of_another_shape_is_named_as_such(client: Watchbill, service: Service, body: bytes) -> None:
    service.faults.append(Reply(200, body))

    with pytest.raises(UnexpectedAnswer, match="is it the URL of a Watchbill deployment"):
        client.agents.get("scout")


def test_a_redirection_is_reported_and_never_followed_with_the_key(client: Watchbill, service: Service) -> None:
    service.faults.append(Reply(301, b"", {"Location": "https://elsewhere.example/"}))

    with pytest.raises(UnexpectedAnswer, match=r"redirects to https://elsewhere\.example/"):
        client.agents.get("scout")
    assert len(service.seen) == 1


def test_a_closed_port_is_a_failed_connection() -> None:
    with (
        Watchbill("http://127.0.0.1:9", "wb_x", retries=Retries(attempts=1)) as client,
        pytest.raises(ConnectionFailed, match=r"Nothing answers at http://127\.0\.0\.1:9"),
    ):
        client.agents.get("scout")
