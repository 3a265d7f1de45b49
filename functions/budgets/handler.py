"""API: budgets."""

from aws_lambda_powertools.event_handler import Response

from watchbill.budgets.models import BudgetChange, BudgetList, NewBudget, ShownBudget
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, PathName, idempotent, requires
from watchbill.serving import api_handler, services

app = Api("budgets")
_ALL = "/api/budgets"
_ONE = f"{_ALL}/<budget_id>"


@app.post(_ALL, status_code=201, middlewares=[requires(Scope.ADMIN), idempotent()])
def set_budget(wish: NewBudget) -> ShownBudget:
    """Set what the organisation, an agent, a campaign or a user may spend in a day or a month."""
    return services(app.principal).budgets.create(wish)


@app.get(_ALL, middlewares=[requires(Scope.READ)])
def list_budgets() -> BudgetList:
    """Every budget: what is spent of it, and when what it holds starts again."""
    return services(app.principal).budgets.budgets()


@app.get(_ONE, middlewares=[requires(Scope.READ)])
def get_budget(budget_id: PathName) -> ShownBudget:
    """One budget."""
    return services(app.principal).budgets.budget(budget_id)


@app.patch(_ONE, middlewares=[requires(Scope.ADMIN)])
def change_budget(budget_id: PathName, change: BudgetChange) -> ShownBudget:
    """Set a budget's limit; tasks that it holds no more start by themselves."""
    return services(app.principal).budgets.change(budget_id, change)


@app.delete(_ONE, status_code=204, middlewares=[requires(Scope.ADMIN)])
def remove_budget(budget_id: PathName) -> Response[None]:
    """Remove a budget; tasks that it held start by themselves."""
    services(app.principal).budgets.remove(budget_id)
    return app.no_content()


lambda_handler = api_handler(app)
