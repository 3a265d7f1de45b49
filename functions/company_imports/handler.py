"""API: imports of companies."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from watchbill.companies.models import CsvText, Imported
from watchbill.companies.views import AcceptedImport, Import
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, PathName, idempotent, requires
from watchbill.serving import api_handler, services

app = Api("company_imports", texts={"text/csv": "csv"})
_ALL = "/api/companies/imports"


@app.post(_ALL, status_code=202, middlewares=[requires(Scope.INGEST), idempotent()])
def import_companies(body: Annotated[Imported, Body()]) -> AcceptedImport:
    """Have up to 20 000 companies added, as CSV or `{"companies": [...]}`; the answer says where to look."""
    imports = services(app.principal).company_imports
    if isinstance(body, CsvText):
        return imports.accept_table(body.csv)
    return imports.accept(body.companies)


@app.get(f"{_ALL}/<import_id>", middlewares=[requires(Scope.READ)])
def get_import(import_id: PathName) -> Import:
    """How far an import is, and what was wrong with rows."""
    return services(app.principal).company_imports.progress(import_id)


lambda_handler = api_handler(app)
