"""API: agents that run for campaigns."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from watchbill.campaigns.executions import AgentAnswer, CampaignsAnswer, Refusal, RunAnswer, RunWish, StopAnswer, Wait
from watchbill.campaigns.measuring import AgentMetricsQuery, MetricsAnswer
from watchbill.campaigns.running import AlreadyRunning
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, PathName, api_handler, idempotent, requires
from watchbill.services import services

app = Api("campaign_runs")
_AGENT = "/api/agents/campaign/<agent_id>"


def already_running(error: AlreadyRunning) -> Response[Refusal]:
    """What the original's callers know a conflict by."""
    return app.answer(409, Refusal(error=error.detail))


app.exception_handler(AlreadyRunning)(already_running)


@app.post(f"{_AGENT}/run", middlewares=[requires(Scope.EXECUTE), idempotent()])
def run(agent_id: PathName, wish: RunWish, waiting: Annotated[Wait, Query()]) -> Response[RunAnswer]:
    """Have an agent run for a campaign: 200 with what came of it, 202 when it takes longer than it is waited for."""
    answer = services(app.principal).campaign_runner.run(agent_id, wish, waiting.wait)
    return app.answer(answer.http_status, answer)


@app.post(f"{_AGENT}/stop", middlewares=[requires(Scope.EXECUTE)])
def stop(agent_id: PathName) -> StopAnswer:
    """Ask an agent to stop: its runs for campaigns are called off, and it is paused until it is run again."""
    return services(app.principal).campaign_runner.stop(agent_id)


@app.get(_AGENT, middlewares=[requires(Scope.READ)])
def get_agent(agent_id: PathName) -> AgentAnswer:
    """How an agent is, and when it last ran."""
    return services(app.principal).campaign_runner.agent(agent_id)


@app.get(f"{_AGENT}/campaigns", middlewares=[requires(Scope.READ)])
def list_campaigns(agent_id: PathName) -> CampaignsAnswer:
    """The campaigns that an agent is linked to, the one changed last first."""
    return services(app.principal).campaign_runner.campaigns(agent_id)


@app.get(f"{_AGENT}/metrics", middlewares=[requires(Scope.READ)])
def list_metrics(agent_id: PathName, query: Annotated[AgentMetricsQuery, Query()]) -> MetricsAnswer:
    """An agent's metrics for campaigns, newest first."""
    return services(app.principal).campaign_metrics.metrics(agent_id, query)


lambda_handler = api_handler(app)
