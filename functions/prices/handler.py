"""API: what calls of models cost the organisation by its own word."""

from aws_lambda_powertools.event_handler import Response

from watchbill.platform.access import Scope
from watchbill.platform.http import Api, PathName, api_handler, requires
from watchbill.services import services
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


lambda_handler = api_handler(app)
