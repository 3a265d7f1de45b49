"""API: companies."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from watchbill.companies.models import Company, CompanyBatch, CompanyChange, CompanyQuery, CsvText, Posted
from watchbill.companies.views import BatchOfCompanies, CompanyList
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, PathName, idempotent, requires
from watchbill.serving import api_handler, services

app = Api("companies", texts={"text/csv": "csv"})
_ALL = "/api/companies"
_ONE = f"{_ALL}/<company_id>"


@app.post(_ALL, status_code=201, middlewares=[requires(Scope.INGEST), idempotent()])
def add_companies(body: Annotated[Posted, Body()]) -> Response[Company | BatchOfCompanies]:
    """Add a company, or up to 1 000 as `{"companies": [...]}` or CSV; one that is known is added to."""
    companies = services(app.principal).companies
    if isinstance(body, CompanyBatch):
        return app.answer(201, companies.add_batch(body.companies))
    if isinstance(body, CsvText):
        return app.answer(201, companies.add_table(body.csv))
    return app.answer(201, companies.add(body))


@app.get(_ALL, middlewares=[requires(Scope.READ)])
def list_companies(query: Asked[CompanyQuery]) -> CompanyList:
    """Companies by name: all, or those that fit what is given."""
    return services(app.principal).companies.search(query)


@app.get(_ONE, middlewares=[requires(Scope.READ)])
def get_company(company_id: PathName) -> Company:
    """One company."""
    return services(app.principal).companies.company(company_id)


@app.patch(_ONE, middlewares=[requires(Scope.INGEST)])
def change_company(company_id: PathName, change: CompanyChange) -> Company:
    """Change what is known of a company; null takes away."""
    return services(app.principal).companies.change(company_id, change)


@app.delete(_ONE, status_code=204, middlewares=[requires(Scope.ADMIN)])
def remove_company(company_id: PathName) -> Response[None]:
    """Remove a company."""
    services(app.principal).companies.remove(company_id)
    return app.no_content()


lambda_handler = api_handler(app)
