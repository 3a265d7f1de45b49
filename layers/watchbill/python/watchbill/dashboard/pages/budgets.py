"""What may be spent, what was, and what is held for it; and models whose price nobody knows."""

from typing import Annotated

from pydantic import BeforeValidator

from watchbill.budgets.models import BudgetChange, BudgetPeriod, BudgetScope, Limit, NewBudget, ShownBudget
from watchbill.dashboard.bars import Bar
from watchbill.dashboard.forms import as_number
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import Answer, Visit
from watchbill.platform.access import Scope
from watchbill.platform.wire import Money, PageQuery
from watchbill.telemetry.overrides import Override

pages = Pages()
_TypedLimit = Annotated[Limit, BeforeValidator(as_number)]
_TypedPrice = Annotated[Money, BeforeValidator(as_number)]


class _NewBudget(NewBudget):
    """The form of a new budget."""

    limit: _TypedLimit


class _Change(BudgetChange):
    """The form of another limit."""

    limit: _TypedLimit


class _Price(Override):
    """The form of a model's price."""

    input: _TypedPrice
    output: _TypedPrice


@pages.get("/budgets")
def budgets(visit: Visit) -> Answer:
    """How every budget stands, and the models without a price, page by page."""
    use, asked = visit.services, visit.asked(PageQuery)
    return visit.page(
        "budgets.html",
        budgets=_with_bars(visit),
        unknown=use.repricing.unknown(asked),
        scopes=list(BudgetScope),
        periods=list(BudgetPeriod),
    )


@pages.get("/parts/budgets")
def standing(visit: Visit) -> Answer:
    """How every budget stands, alone."""
    return visit.page("parts/budgets.html", budgets=_with_bars(visit))


@pages.post("/budgets", Scope.ADMIN, action="budgets.set_budget")
def create(visit: Visit) -> Answer:
    """With another budget."""
    made = visit.services.budgets.create(visit.form(_NewBudget))
    return visit.go("/dashboard/budgets", f"{made.name} has a budget for each {made.period.value} now.")


@pages.post("/budgets/<budget_id>/limit", Scope.ADMIN, action="budgets.change_budget")
def change(visit: Visit, budget_id: str) -> Answer:
    """With another limit."""
    changed = visit.services.budgets.change(budget_id, visit.form(_Change))
    return visit.go("/dashboard/budgets", f"The budget of {changed.name} has another limit.")


@pages.post("/budgets/<budget_id>/remove", Scope.ADMIN, action="budgets.remove_budget")
def remove(visit: Visit, budget_id: str) -> Answer:
    """Without the budget."""
    visit.services.budgets.remove(budget_id)
    return visit.go("/dashboard/budgets", "The budget is removed; what it held starts by itself.")


@pages.post("/prices", Scope.ADMIN, action="prices.state_price")
def state_price(visit: Visit) -> Answer:
    """With a price for a model; runs that wait for one are priced when that is asked for."""
    stated = visit.services.prices.state(visit.form(_Price))
    return visit.go("/dashboard/budgets", f"The price of {stated.model} is known. Have its runs priced anew.")


@pages.post("/prices/reprice", Scope.ADMIN, action="prices.reprice")
def reprice(visit: Visit) -> Answer:
    """The runs without a price are gone through again."""
    visit.services.repricing.start()
    return visit.go("/dashboard/budgets", "Runs without a price are being priced anew.")


def _with_bars(visit: Visit) -> list[tuple[ShownBudget, Bar]]:
    return [(budget, Bar.of(budget.share, 1.0)) for budget in visit.services.budgets.budgets().items]
