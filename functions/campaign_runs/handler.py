"""API: agents that run for campaigns."""

from aws_lambda_powertools.event_handler import Response

from watchbill.campaigns import executions as told
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, PathName, idempotent, requires
from watchbill.platform.wire import PageQuery
from watchbill.serving import api_handler, services

app = Api("campaign_runs")
_AGENT = "/api/agents/campaign/<agent_id>"


def already_running(error: told.AlreadyRunning) -> Response[told.Refusal]:
    """What the original's callers know a conflict by."""
    return app.answer(409, told.Refusal(error=error.detail))


app.exception_handler(told.AlreadyRunning)(already_running)


@app.post(f"{_AGENT}/run", middlewares=[requires(Scope.EXECUTE), idempotent()])
def run(agent_id: PathName, wish: told.RunWish, waiting: Asked[told.Wait]) -> Response[told.RunAnswer]:
    """Have an agent run for a campaign: 200 with what came of it, 202 when it takes longer than it is waited for."""
    answer = services(app.principal).campaign_runner.run(agent_id, wish, waiting.wait)
    return app.answer(answer.http_status, answer)


@app.post(f"{_AGENT}/stop", middlewares=[requires(Scope.EXECUTE)])
def stop(agent_id: PathName) -> told.StopAnswer:
    """Ask an agent to stop: its runs for campaigns are called off, and it is paused until it is run again."""
    return services(app.principal).campaign_runner.stop(agent_id)


@app.get(_AGENT, middlewares=[requires(Scope.READ)])
def get_agent(agent_id: PathName) -> told.AgentAnswer:
    """How an agent is, and when it last ran."""
    return services(app.principal).campaign_runner.agent(agent_id)


@app.get(f"{_AGENT}/campaigns", middlewares=[requires(Scope.READ)])
def list_campaigns(agent_id: PathName, query: Asked[PageQuery]) -> told.CampaignsAnswer:
    """The campaigns that an agent is linked to, the one changed last first."""
    return services(app.principal).campaign_runner.campaigns(agent_id, query)


@app.get(f"{_AGENT}/metrics", middlewares=[requires(Scope.READ)])
def list_metrics(agent_id: PathName, query: Asked[told.AgentMetricsQuery]) -> told.MetricsAnswer:
    """An agent's metrics for campaigns, newest first."""
    return services(app.principal).campaign_metrics.metrics(agent_id, query)


lambda_handler = api_handler(app)
