"""API: experiments with several versions of an agent."""

from watchbill.experiments.models import NewExperiment, Weights
from watchbill.experiments.views import ExperimentList, ExperimentReport, ShownExperiment
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Cursor, Limit, PathName, idempotent, requires
from watchbill.serving import api_handler, services

app = Api("experiments")


@app.post("/api/v1/agents/<agent_id>/experiments", status_code=201, middlewares=[requires(Scope.ADMIN), idempotent()])
def create_experiment(agent_id: PathName, experiment: NewExperiment) -> ShownExperiment:
    """Have several versions of an agent do its tasks, each its share; one experiment at a time."""
    return services(app.principal).experiments.create(agent_id, experiment)


@app.get("/api/v1/agents/<agent_id>/experiments", middlewares=[requires(Scope.READ)])
def list_experiments(agent_id: PathName, limit: Limit = 50, cursor: Cursor = None) -> ExperimentList:
    """An agent's experiments, newest first."""
    return services(app.principal).experiments.experiments(agent_id, limit, cursor)


@app.get("/api/v1/agents/<agent_id>/experiments/<experiment_id>", middlewares=[requires(Scope.READ)])
def get_experiment(agent_id: PathName, experiment_id: PathName) -> ExperimentReport:
    """One experiment: the figures of its versions, and which differences are more than noise."""
    return services(app.principal).experiments.report(agent_id, experiment_id)


@app.patch("/api/v1/agents/<agent_id>/experiments/<experiment_id>", middlewares=[requires(Scope.ADMIN)])
def change_experiment(agent_id: PathName, experiment_id: PathName, weights: Weights) -> ShownExperiment:
    """Give the versions of a running experiment other weights."""
    return services(app.principal).experiments.reweigh(agent_id, experiment_id, weights)


@app.post("/api/v1/agents/<agent_id>/experiments/<experiment_id>/stop", middlewares=[requires(Scope.ADMIN)])
def stop_experiment(agent_id: PathName, experiment_id: PathName) -> ShownExperiment:
    """End an experiment; new tasks have no version again."""
    return services(app.principal).experiments.stop(agent_id, experiment_id)


lambda_handler = api_handler(app)
