"""Two organisations with the same names in them: neither sees or changes anything of the other, by any route."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.channels import make_channels
from tests.support.connected import a_waiting_post, connected, knows_x
from tests.support.local_table import every_item, function_environment, kept, mocked_aws
from tests.support.routes import PUBLIC, ROUTES, unlisted
from tests.support.service import Service, routes
from tests.support.steps import (
    A_TASK,
    AN_EXPERIMENT,
    a_budget,
    a_campaign,
    a_document,
    a_price,
    a_run,
    a_session,
    a_stream,
    a_task,
    an_event,
    an_experiment,
    an_export,
    an_import,
    an_item,
    an_orchestration,
    announce,
    company,
    get,
    made,
    post_metric,
    post_run,
    register,
    report,
    staff,
    subscribe,
)
from tests.support.telemetry import traced_run
from tests.support.watched import an_anomaly
from watchbill.conversations.models import CHAT_AGENT
from watchbill.platform import keys
from watchbill.platform.clock import frozen_at
from watchbill.platform.items import to_key

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
RETENTION = Path(__file__).parents[2] / "docs" / "retention.md"
OURS, THEIRS = "ours", "theirs"
AGENT, VERSION = "same-agent", "1.0.0"
each_route = pytest.mark.parametrize("route", ROUTES, ids=str)
each_list = pytest.mark.parametrize("route", [route for route in ROUTES if route.lists], ids=str)


class Party:
    """An organisation with some of everything in it, in which only `word` tells whose it is."""

    def __init__(self, service, name):
        self.name = name
        self.key = service.organisation(name)
        self.agent = register(service, self.key, AGENT, project=f"{name}-project")
        register(service, self.key, f"{name}-agent", project=f"{name}-project")
        announce(service, self.key, AGENT, VERSION, cluster=f"{name}-cluster")
        announce(service, self.key, AGENT, "2.0.0", cluster=f"{name}-cluster")
        for i in range(3):
            post_run(service, self.key, AGENT, VERSION, **self._facts(i))
        said = {"gen_ai.agent.name": AGENT, "gen_ai.agent.version": VERSION, "user.id": f"{name}-user"}
        self.run = traced_run(service, self.key, f"{name}-trace", **said)
        wish = {"name": f"{name}-key", "scopes": ["read"]}
        self.key_id = made(service.request("POST", "/api/keys", wish, key=self.key))["id"]
        self.report = report(service, self.key)
        self.company = company(service, self.key, description=f"{name}-company")
        self.document = a_document(service, self.key, text=f"envios {name}-document")
        self.company_import = an_import(service, self.key, description=f"{name}-company")
        register(service, self.key, A_TASK["agent_id"], project=f"{name}-project")
        self.task = a_task(service, self.key, task_type=f"{name}-type")
        params = {"message": f"{name}-message"}
        self.orchestration = an_orchestration(service, self.key, agents=[A_TASK["agent_id"]], params=params)
        for share in AN_EXPERIMENT["versions"]:
            announce(service, self.key, AGENT, share["version"], cluster=f"{name}-cluster")
        self.experiment = an_experiment(service, self.key, AGENT, name=f"{name}-experiment")
        self.stream = a_stream(service, self.key, name=f"{name}-stream")
        staff(service, self.key, self.stream, AGENT)
        self.item = an_item(service, self.key, self.stream, name=f"{name}-company")["id"]
        self.export = an_export(service, self.key)
        self.campaign = a_campaign(service, self.key, name=f"{name}-campaign", agents=[AGENT])
        self.event = an_event(service, self.key, title=f"{name}-event", startTime="2026-03-10T14:00:00Z")["id"]
        a_session(service, self.key, negocio=f"{name}-business")
        post_metric(service, self.key, name=f"{name}-metric", campaignId=f"{name}-campaign", agentId=AGENT)
        self.subscription = subscribe(service, self.key, target=f"http://127.0.0.1:9/{name}")["id"]
        connected(name)
        account = connected(name, f"{name}-subject", f"{name}-account")
        self.account, self.post = account.id, a_waiting_post(name, account, f"{name}-post")
        self.budget = a_budget(service, self.key, subject=f"{name}-user")["id"]
        self.price = a_price(service, self.key, model=f"{name}-model")["id"]
        self.anomaly = an_anomaly(name, {OURS: "0a" * 12, THEIRS: "0b" * 12}[name], f"{name}-watched")
        service.request("PATCH", "/api/organisation", {"name": f"{name} organisation"}, key=self.key)
        service.request("POST", "/api/admin/rebuild", {}, key=self.key)
        service.request("POST", "/api/prices/reprice", {}, key=self.key)
        service.settle()

    @property
    def ids(self):
        """The ids of what it has."""
        runs = (self.agent, self.run, self.report, self.experiment)
        goals = (self.stream, self.item, self.campaign, self.event, self.export)
        return (
            *runs,
            *goals,
            self.key_id,
            self.subscription,
            self.budget,
            self.price,
            self.anomaly,
            self.company,
            self.document,
            self.company_import,
            self.orchestration,
            self.account,
            self.post,
        )

    def _facts(self, i):
        return {"id": i, "created": "2026-03-10T11:00:00Z", "initiator": f"{self.name}-user", "cost": 1}

    def address(self, route, **values):
        """The address of a thing of this organisation."""
        known = {"name": AGENT, "agent_id": self.agent, "version": VERSION, "run_id": self.run, "key_id": self.key_id}
        known["subscription_id"] = self.subscription
        known["budget_id"] = self.budget
        known["anomaly_id"] = self.anomaly
        known["override_id"] = self.price
        known["report_id"] = self.report
        known["experiment_id"] = self.experiment
        known["task_id"] = known["execution_id"] = self.task
        known["document_id"] = self.document
        known["orchestration_id"] = self.orchestration
        known |= {"company_id": self.company, "import_id": self.company_import}
        known |= {"account_id": self.account, "post_id": self.post}
        known["stream_id"] = self.stream
        known["item_id"] = self.item
        known["campaign_id"] = self.campaign
        known["event_id"] = self.event
        known["export_id"] = self.export
        return route.address(**(known | values))

    def items(self):
        """What the table holds of it, without what repeats are remembered by."""
        return [
            item
            for item in every_item()
            if item["pk"]["S"].startswith(f"{self.name}#") and "#IDEMPOTENCY#" not in item["pk"]["S"]
        ]


@pytest.fixture(scope="module")
def parties():
    """Both organisations, made once, with a frozen clock; and what makes them again as they were then."""
    with function_environment(), mocked_aws(), frozen_at(NOW):
        make_channels()
        knows_x()
        service = Service()
        made = {name: Party(service, name) for name in (OURS, THEIRS)}
        yield made, kept()


@pytest.fixture(autouse=True)
def as_they_were(parties):
    _, restore = parties
    restore()


@pytest.fixture
def service():
    """The deployment in which the parties are."""
    return Service()


@pytest.fixture
def us(parties):
    made, _ = parties
    return made[OURS]


@pytest.fixture
def them(parties):
    made, _ = parties
    return made[THEIRS]


def shows(answer, party):
    """Whether an answer holds anything that is the party's."""
    shown = answer.text + json.dumps(answer.headers)
    return any(
        mark in shown
        for mark in (
            party.name,
            party.agent,
            party.run,
            party.key_id,
            party.key,
            party.subscription,
            party.budget,
            party.price,
            party.report,
            party.task,
            party.stream,
            party.item,
            party.campaign,
            party.event,
            party.export,
            party.company,
            party.document,
            party.company_import,
            party.account,
            party.post,
        )
    )


def test_every_route_is_in_the_table():
    assert unlisted() == set()
    assert len(routes()) == len(ROUTES) + len(PUBLIC)


@each_route
def test_what_we_do_by_name_is_done_in_our_organisation(service, us, them, route):
    theirs = them.items()
    named = us.address(route, agent_id=AGENT)

    answer = service.request(route.method, named, route.body, key=us.key)

    assert answer.status < 300 or answer.status in (409, 422), answer.text
    assert not shows(answer, them)
    assert them.items() == theirs


@each_route
def test_their_ids_lead_us_nowhere(service, us, them, route):
    theirs = them.items()

    for ids in ({}, {"agent_id": AGENT}, {"agent_id": us.agent}, {"name": "new"}):
        address = them.address(route, **ids)
        answer = service.request(route.method, address, route.body, key=us.key)

        foreign = any(part in address for part in them.ids)
        assert is_unknown(answer) if foreign else answer.status < 500, (address, answer.text)
        assert not shows_beyond(answer, address, them)
        assert them.items() == theirs


def is_unknown(answer):
    """Whether an answer says that there is no such thing: of the health of a strand nobody knows that is no error."""
    return answer.status == 404 or answer.json.get("status") == "unknown"


def shows_beyond(answer, address, party):
    """Whether an answer shows more of a party than the address that was asked for."""
    repeated = [part for part in re.split("[/?=&]", address) if part]
    answer.text = answer.text if answer.status < 400 else strip(answer.text, repeated)
    return shows(answer, party)


def strip(text, parts):
    for part in parts:
        text = text.replace(part, "")
    return text


@pytest.mark.parametrize("route", [route for route in ROUTES if route.creates], ids=str)
def test_their_idempotency_key_does_not_repeat_their_answer_to_us(service, us, them, route):
    header = {"Idempotency-Key": "shared"}
    for party in (us, them):
        register(service, party.key, "fresh-2")
        staff(service, party.key, party.stream, "fresh-2")
        for share in AN_EXPERIMENT["versions"]:
            announce(service, party.key, "fresh-2", share["version"])
    named = {"name": "fresh", "agent_id": "fresh-2", "version": "unversioned"}

    first, answer = (
        service.request(route.method, party.address(route, **named), route.body, key=party.key, headers=header)
        for party in (them, us)
    )

    assert first.status == answer.status == route.done
    assert not shows(answer, them)
    assert answer.json != first.json


@each_list
def test_their_cursor_does_not_open_our_list(service, us, them, route):
    cursor = cursor_of(service, them, route)
    ours = service.request("GET", f"{us.address(route)}?limit=1&cursor={cursor_of(service, us, route)}", key=us.key)

    answer = service.request("GET", f"{us.address(route)}?limit=1&cursor={cursor}", key=us.key)

    assert ours.status == 200
    assert answer.status == 400
    assert answer.json["detail"] == "the cursor is not one of this list; start again without it"


def cursor_of(service, party, route):
    link = service.request("GET", f"{party.address(route)}?limit=1", key=party.key).next_address
    return link.split("cursor=")[1].split("&")[0]


def test_everything_in_the_table_belongs_to_one_of_them(service, us, them):
    for party in (us, them):
        service.request(
            "POST", "/api/v1/agents/x/register", {"project": "p"}, key=party.key, headers={"Idempotency-Key": "x"}
        )

    listed = [item for item in every_item() if item["pk"]["S"] == keys.DIRECTORY.partition(keys.DEPLOYMENT)]
    assert {item["sk"]["S"] for item in listed} == {OURS, THEIRS}
    assert {item["pk"]["S"].split("#")[0] for item in every_item() if item not in listed} == {OURS, THEIRS}


def test_the_same_names_have_different_ids(us, them):
    assert us.agent != them.agent
    assert us.run != them.run
    assert us.key_id != them.key_id


def test_our_figures_are_of_our_runs(service, us, them):
    prepare = post_run(service, them.key, AGENT, VERSION, created="2026-03-10T11:30:00Z", cost=1_000)
    service.settle()

    versions = get(service, us.key, "/api/v1/ui/agent_versions")
    cards = {card["title"]: card["raw"] for card in get(service, us.key, "/api/v1/ui/stats")}
    activity = get(service, us.key, "/api/v1/ui/recent_activity")
    agents = get(service, us.key, "/api/agents/analytics")

    assert prepare["cost"] == 1_000
    assert {row["project"] for row in versions} == {"ours-project", CHAT_AGENT}
    assert sum(row["totalRuns"] for row in versions) == 7
    assert (cards["Total Runs Today"], cards["Total Cost Today"], cards["Active Agents"]) == (6, 3, 3)
    assert len(activity) == 7
    assert (agents["overview"]["executions"], agents["cost"]["total"], len(agents["agents"])) == (6, 3, 3)


def test_our_key_says_nothing_of_their_organisation_when_it_is_changed_to_name_it(service, us, them):
    secret = us.key.rsplit("_", 1)[1]

    answer = service.request("GET", "/api/v1/agents", key=f"wb_{THEIRS}_{secret}")

    assert answer.status == 401


def test_an_organisation_whose_name_begins_like_ours_is_another(service, us):
    longer = service.organisation("ours-2")

    assert get(service, longer, "/api/v1/agents") == []
    assert get(service, longer, "/api/v1/ui/agent_versions") == []


def test_our_rebuild_recomputes_our_figures_only(service, us, them):
    post_run(service, them.key, AGENT, VERSION, **a_run(id="more"))
    theirs = them.items()

    service.request("POST", "/api/admin/rebuild", {}, key=us.key)

    assert them.items() == theirs


def test_what_is_said_to_be_kept_until_it_is_removed_has_no_end_and_all_else_that_has_not_to_wait_has_one(parties):
    rows = re.findall(r"^\| (.+?) \| (`[A-Z_]+`.*) \|$", RETENTION.read_text(), re.MULTILINE)
    kept = {name: said for said, names in rows for name in re.findall(r"`([A-Z_]+)`", names)}
    del kept["HOUR"]  # those of an anomaly are put there by hand
    for item in every_item():
        said = kept.get(keys.parse(to_key(item))[0].name, "while")
        if not said.startswith(("while", "with its", "90 days")):
            assert ("expires_at" in item) != said.startswith(("until", "for good")), item
