"""Malformed requests to the routes of campaigns."""

from typing import Any

from tests.support.bad_requests import BEYOND_OUR_TIME, NO_CURSOR, PRINTABLE, Bad
from tests.support.steps import CAMPAIGNS

ONE = f"{CAMPAIGNS}/unknown"
BACKWARDS = "startDate=2026-02-01T00:00:00Z&endDate=2026-01-01T00:00:00Z"
RUNNING = "/api/agents/campaign/unknown"


def campaign(what: str, names: str, **fields: Any) -> Bad:
    """A wish for a campaign with something wrong in these fields."""
    return Bad(what, "POST", CAMPAIGNS, names, {"name": "c", **fields})


def change(what: str, names: str, **fields: Any) -> Bad:
    """A change of a campaign with something wrong in these fields."""
    return Bad(what, "PATCH", ONE, names, fields)


def run(what: str, names: str, **fields: Any) -> Bad:
    """A wish that an agent runs, with something wrong in these fields."""
    return Bad(what, "POST", f"{RUNNING}/run?wait=0", names, fields)


def usage(what: str, names: str, **tokens: Any) -> Bad:
    """A wish that an agent runs, with something wrong in its tokens."""
    return run(what, names, tokenUsage={"input": 1, "output": 2, **tokens})


BAD_CAMPAIGNS = (
    campaign("a campaign without a name", "name", name=None),
    campaign("a campaign of two lines", PRINTABLE, name="a\nb"),
    campaign("a campaign with a long name", "name: string should have at most 200", name="a" * 201),
    campaign("a campaign with a long description", "description: string should have at most", description="a" * 2_001),
    campaign("a campaign with something unknown", "colour: extra inputs", colour="red"),
    campaign("a campaign that says where it is kept", "held: extra inputs", held="ACTIVE"),
    campaign("a campaign with an id of its own", "id: extra inputs", id="mine"),
    campaign("a status in small letters", "status: input should be 'DRAFT', 'SCHEDULED'", status="active"),
    campaign("a kind of marketing nobody knows", "campaignType: input should be", campaignType="BILLBOARD"),
    campaign("goals that are a text", "goals", goals="sell"),
    campaign("goals without end", "goals", goals={"text": "a" * 8_000}),
    campaign("many goals", "goals", goals=["a" * 100] * 100),
    campaign("targeting that is a list", "targeting", targeting=["everybody"]),
    campaign("targeting without end", "targeting: at most 8,000 bytes are kept", targeting={"who": "é" * 4_000}),
    campaign("a negative budget", "budget: input should be greater than or equal to 0", budget=-1),
    campaign("a budget in words", "budget: a number is expected", budget="100"),
    campaign("a budget beyond all budgets", "budget", budget=1e10),
    campaign("a start without a zone", "startDate: input should have timezone", startDate="2026-01-01T00:00:00"),
    campaign("a start that is a number", "startDate: an instant is text", startDate=1_767_225_600),
    campaign("an end beyond our time", BEYOND_OUR_TIME, endDate="2200-01-01T00:00:00Z"),
    campaign(
        "a campaign that ends before it starts",
        "endDate lies before startDate",
        startDate="2026-02-01T00:00:00Z",
        endDate="2026-01-01T00:00:00Z",
    ),
    campaign("agents as a text", "agents", agents="ada"),
    campaign("too many agents", "agents: tuple should have at most 40", agents=["a"] * 41),
    campaign("an agent without a name", "agents.0", agents=[""]),
    change("a change of nothing", "nothing to change"),
    change("a campaign that loses its name", "a campaign always has a name and a type", name=None),
    change("a campaign that loses its type", "a campaign always has a name and a type", campaignType=None),
    change("a change of what is not said", "createdAt: extra inputs", createdAt="2026-01-01T00:00:00Z"),
    change("a change of the agents", "agents: extra inputs", agents=[]),
    run("a configuration that is a text", "config", config="BLOG_POST"),
    run("a configuration without end", "config: at most 64,000 bytes", config={"topic": "a" * 64_000}),
    run("a campaign that is a number", "campaignId", campaignId=1),
    run("a configured campaign that is a number", "config.campaignId is the id", config={"campaignId": 1}),
    run("a configured campaign without a name", "config.campaignId is the id", config={"campaignId": ""}),
    run("a run with something unknown", "colour: extra inputs", colour="red"),
    usage("a total that contradicts its parts", "total is 4, but input + output is 3", total=4),
    usage("negative tokens", "tokenUsage.input: input should be greater than or equal to 0", input=-1),
    usage("half a token", "tokenUsage.output: input should be a valid integer", output=0.5),
    usage("tokens in words", "tokenUsage.input: input should be a valid integer", input="1"),
    usage("a model without a name", "tokenUsage.model", model=""),
    usage("tokens of an unknown kind", "tokenUsage.cached: extra inputs", cached=1),
    Bad("metrics of a time before", "GET", f"{RUNNING}/metrics?{BACKWARDS}", "the window ends before it begins"),
    Bad("metrics since a time without a zone", "GET", f"{RUNNING}/metrics?startDate=2026-01-01T00:00:00", "startDate"),
    Bad("metrics without a limit", "GET", f"{RUNNING}/metrics?limit=0", "limit"),
    Bad("a long wait", "POST", f"{RUNNING}/run?wait=26", "wait: input should be less than or equal to 25", {}),
    Bad("a wait in words", "POST", f"{RUNNING}/run?wait=long", "wait", {}),
    Bad("campaigns of a status that is none", "GET", f"{CAMPAIGNS}?status=LATE", "status: input should be"),
    Bad("campaigns of a type that is none", "GET", f"{CAMPAIGNS}?type=LATE", "type: input should be"),
    Bad("campaigns of nobody", "GET", f"{CAMPAIGNS}?agentId=", "agentId"),
    Bad("the performance of a year", "GET", f"{ONE}/performance?range=365d", "range: input should be '24h'"),
    Bad("campaigns without a limit", "GET", f"{CAMPAIGNS}?limit=501", "limit"),
    Bad("campaigns with a cursor of nobody", "GET", f"{CAMPAIGNS}?cursor=x", NO_CURSOR),
)
