"""Campaigns, the agents that run for them, and what comes of that (scopes execute and read)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from watchbill_client.campaigning import (
    AgentState,
    Campaign,
    CampaignMetric,
    CampaignPerformance,
    CampaignRun,
    TokenUsage,
)
from watchbill_client.connection import Connection, Request, given, new_idempotency_key, route
from watchbill_client.models import Answer
from watchbill_client.paging import Page, fetch_page

_CAMPAIGNS = ("api", "campaigns")
_AGENTS = ("api", "agents", "campaign")
LONGEST_WAIT_S = 25
# The service answers within this many seconds after its wait is over.
_MARGIN_S = 10.0


class _State(Answer):
    data: AgentState


class _Listed(Answer):
    data: tuple[Campaign, ...]


class _Measured(Answer):
    data: tuple[CampaignMetric, ...]


class Campaigns:
    """`client.campaigns`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(
        self,
        name: str,
        *,
        type: str | None = None,
        status: str | None = None,
        budget: Decimal | float | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        agents: Sequence[str] = (),
        description: str | None = None,
        goals: Any = None,
        targeting: Mapping[str, Any] | None = None,
    ) -> Campaign:
        """Plan a campaign for agents (ids or names). Without a status its dates say where it is; `budget` is in USD.

        Raises:
            NotFound: there is no such agent.
        """
        wish = {
            "name": name,
            "campaignType": type,
            "status": status,
            "budget": None if budget is None else float(budget),
            "startDate": start,
            "endDate": end,
            "agents": agents or None,
            "description": description,
            "goals": goals,
            "targeting": targeting,
        }
        request = Request("POST", route(*_CAMPAIGNS), body=given(wish), idempotency_key=new_idempotency_key())
        return self._connection.call(request, Campaign)

    def list(
        self,
        status: str | None = None,
        type: str | None = None,
        agent: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Campaign]:
        """Campaigns, newest first: of a status, a type, an agent, or all."""
        params = {"status": status, "type": type, "agentId": agent, "limit": limit}
        return fetch_page(self._connection, Request("GET", route(*_CAMPAIGNS), params=params), Campaign, cursor)

    def get(self, campaign_id: str) -> Campaign:
        """One campaign, and where it is now.

        Raises:
            NotFound: there is no such campaign.
        """
        return self._connection.call(Request("GET", route(*_CAMPAIGNS, campaign_id)), Campaign)

    def update(self, campaign_id: str, **changes: Any) -> Campaign:
        """Change what is named, as the API names it: `status`, `budget`, `endDate` …; None clears what may be absent.

        Raises:
            Unprocessable: it is archived, and the change does not say otherwise.
        """
        return self._connection.call(Request("PATCH", route(*_CAMPAIGNS, campaign_id), body=changes), Campaign)

    def delete(self, campaign_id: str) -> None:
        """Forget a campaign; what was done for it stays on record."""
        self._connection.send(Request("DELETE", route(*_CAMPAIGNS, campaign_id)))

    def link(self, campaign_id: str, agent: str) -> Campaign:
        """Link an agent (by id or name) to a campaign; twice is once."""
        return self._connection.call(Request("PUT", route(*_CAMPAIGNS, campaign_id, "agents", agent)), Campaign)

    def unlink(self, campaign_id: str, agent: str) -> None:
        """Take an agent (by id or name) away from a campaign; twice is once."""
        self._connection.send(Request("DELETE", route(*_CAMPAIGNS, campaign_id, "agents", agent)))

    def performance(self, campaign_id: str, range: Literal["24h", "7d", "30d"] | None = None) -> CampaignPerformance:
        """What was done for a campaign; with a range also hour by hour, or day by day, as `timeSeries`."""
        request = Request("GET", route(*_CAMPAIGNS, campaign_id, "performance"), params={"range": range})
        return self._connection.call(request, CampaignPerformance)

    def run(
        self,
        agent: str,
        config: Mapping[str, Any] | None = None,
        *,
        campaign: str | None = None,
        tokens: TokenUsage | None = None,
        wait_seconds: int = LONGEST_WAIT_S,
    ) -> CampaignRun:
        """Have an agent (by id or name) run for a campaign: the one named, or else its own, which is made if need be.

        The answer comes when it has ended, or says after `wait_seconds` (25 at most) that it goes on.

        Raises:
            NotFound: there is no such agent or campaign.
            Conflict: the agent is running already.
            Unprocessable: it has no runtime, or is not active.
        """
        usage = tokens.model_dump(exclude_none=True) if tokens else None
        wish = {"campaignId": campaign, "config": config, "tokenUsage": usage}
        request = Request(
            "POST",
            route(*_AGENTS, agent, "run"),
            params={"wait": wait_seconds},
            body=given(wish),
            idempotency_key=new_idempotency_key(),
            timeout=wait_seconds + _MARGIN_S,
        )
        return self._connection.call(request, CampaignRun)

    def stop(self, agent: str) -> AgentState:
        """Ask an agent to stop: its runs for campaigns are called off, and it is paused until it is run again."""
        request = Request("POST", route(*_AGENTS, agent, "stop"), repeatable=True)
        return self._connection.call(request, _State).data

    def agent(self, agent: str) -> AgentState:
        """How an agent is, and when it last ran."""
        return self._connection.call(Request("GET", route(*_AGENTS, agent)), _State).data

    def of_agent(self, agent: str) -> Sequence[Campaign]:
        """The campaigns that an agent is linked to, the one changed last first."""
        return self._connection.call(Request("GET", route(*_AGENTS, agent, "campaigns")), _Listed).data

    def metrics_of_agent(
        self,
        agent: str,
        name: str | None = None,
        campaign: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int | None = None,
    ) -> Sequence[CampaignMetric]:
        """An agent's newest metrics for campaigns, 50 unless `limit` says more (500 at most)."""
        params = {
            "name": name,
            "campaignId": campaign,
            "startDate": start.isoformat() if start else None,
            "endDate": end.isoformat() if end else None,
            "limit": limit,
        }
        return self._connection.call(Request("GET", route(*_AGENTS, agent, "metrics"), params=params), _Measured).data
