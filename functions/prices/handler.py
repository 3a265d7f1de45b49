"""API: what calls of models cost the organisation by its own word, and those whose price nobody knows."""

from aws_lambda_powertools.event_handler import Response

from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, PathName, requires
from watchbill.platform.wire import PageQuery
from watchbill.serving import api_handler, services
from watchbill.telemetry.models import Repricing, UnknownModels
from watchbill.telemetry.overrides import Override, OverrideList, ShownOverride

app = Api("prices")
_ALL = "/api/prices/overrides"


@app.get(_ALL, middlewares=[requires(Scope.READ)])
def list_prices() -> OverrideList:
    """Every price that the organisation states itself."""
    return services(app.principal).prices.overrides()


@app.put(_ALL, middlewares=[requires(Scope.ADMIN)])
def state_price(override: Override) -> ShownOverride:
    """State what a model costs from a day on, in place of what was stated of the same model, provider and day."""
    return services(app.principal).prices.state(override)


@app.delete(f"{_ALL}/<override_id>", status_code=204, middlewares=[requires(Scope.ADMIN)])
def withdraw_price(override_id: PathName) -> Response[None]:
    """Withdraw a price that was stated."""
    services(app.principal).prices.withdraw(override_id)
    return app.no_content()


@app.get("/api/prices/unknown", middlewares=[requires(Scope.READ)])
def unknown_prices(query: Asked[PageQuery]) -> UnknownModels:
    """Models that were called and whose price is not known, by name."""
    return services(app.principal).repricing.unknown(query)


@app.post("/api/prices/reprice", status_code=202, middlewares=[requires(Scope.ADMIN)])
def reprice() -> Repricing:
    """Price the runs of unknown models anew, at what is known now of their days; one that is under way goes on."""
    return services(app.principal).repricing.start()


@app.get("/api/prices/reprice", middlewares=[requires(Scope.READ)])
def repricing() -> Repricing:
    """How far the newest repricing is."""
    return services(app.principal).repricing.status()


lambda_handler = api_handler(app)
