"""API: exports of runs."""

from watchbill.exports.models import NewExport
from watchbill.exports.views import AcceptedExport, Export, ExportList
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Cursor, Limit, PathName, idempotent, requires
from watchbill.serving import api_handler, services

app = Api("exports")


# An export holds nothing that its maker may not read, and changes nothing of what it is about: reading is enough.
@app.post("/api/exports", status_code=202, middlewares=[requires(Scope.READ), idempotent()])
def start_export(body: NewExport) -> AcceptedExport:
    """Have the runs of an interval written to files, as CSV or Parquet; the answer says where to look."""
    return services(app.principal).exports.start(body)


@app.get("/api/exports", middlewares=[requires(Scope.READ)])
def list_exports(limit: Limit = 50, cursor: Cursor = None) -> ExportList:
    """The exports of the last seven days, newest first."""
    return services(app.principal).exports.exports(limit, cursor)


@app.get("/api/exports/<export_id>", middlewares=[requires(Scope.READ)])
def get_export(export_id: PathName) -> Export:
    """How far an export is, and once it is completed where its files are fetched from."""
    return services(app.principal).exports.export(export_id)


lambda_handler = api_handler(app)
