"""API: the anomalies of a strand."""

from watchbill.anomalies.models import Anomaly, AnomalyQuery
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, api_handler, requires
from watchbill.services import services

app = Api("anomalies")


@app.get("/api/analytics/anomalies", middlewares=[requires(Scope.READ)])
def anomalies(query: Asked[AnomalyQuery]) -> list[Anomaly]:
    """What departed from a strand's own past in a timeframe, newest first."""
    return services(app.principal).anomalies.asked(query)


lambda_handler = api_handler(app)
