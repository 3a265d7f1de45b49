"""API: the anomalies of a strand, and saying that one is known."""

from watchbill.anomalies.models import Anomaly, AnomalyQuery
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, PathName, requires
from watchbill.serving import api_handler, services

app = Api("anomalies")


@app.get("/api/analytics/anomalies", middlewares=[requires(Scope.READ)])
def anomalies(query: Asked[AnomalyQuery]) -> list[Anomaly]:
    """What departed from a strand's own past in a timeframe, newest first."""
    return services(app.principal).anomalies.asked(query)


@app.post("/api/analytics/anomalies/<anomaly_id>/acknowledge", middlewares=[requires(Scope.EXECUTE)])
def acknowledge(anomaly_id: PathName) -> Anomaly:
    """Say that an anomaly is known: it shows since when, and by whose key. Said again it stays as it is."""
    return services(app.principal).anomalies.acknowledge(anomaly_id, app.principal.key_id)


lambda_handler = api_handler(app)
