"""API: how an organisation and its agents are kept and watched."""

from watchbill.configuration.models import AgentOverrides, Configured, OrganisationOverrides
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, PathName, requires
from watchbill.serving import api_handler, services

app = Api("configuration")


@app.get("/api/analytics/configuration", middlewares=[requires(Scope.READ)])
def get_configuration() -> Configured:
    """What holds for the organisation."""
    return services(app.principal).configuration.configured()


@app.patch("/api/analytics/configuration", middlewares=[requires(Scope.ADMIN)])
def change_configuration(change: OrganisationOverrides) -> Configured:
    """Set some of what holds for the organisation; null takes it back."""
    return services(app.principal).configuration.change(change)


@app.get("/api/analytics/strands/<strand_id>/configuration", middlewares=[requires(Scope.READ)])
def get_strand_configuration(strand_id: PathName) -> Configured:
    """What holds for a strand."""
    ours = services(app.principal)
    return ours.configuration.configured(ours.registry.agent(strand_id).id)


@app.patch("/api/analytics/strands/<strand_id>/configuration", middlewares=[requires(Scope.ADMIN)])
def change_strand_configuration(strand_id: PathName, change: AgentOverrides) -> Configured:
    """Set some of what holds for a strand; null takes it back."""
    ours = services(app.principal)
    return ours.configuration.change(change, ours.registry.agent(strand_id).id)


lambda_handler = api_handler(app)
