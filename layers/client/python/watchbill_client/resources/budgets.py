"""Budgets: what may be spent in a day or a month (scope admin to set them, read to ask)."""

from decimal import Decimal

from watchbill_client.budgeting import Budget
from watchbill_client.connection import Connection, Request, given, new_idempotency_key, route
from watchbill_client.errors import Conflict
from watchbill_client.paging import Page, fetch_page

_BUDGETS = ("api", "budgets")


class Budgets:
    """`client.budgets`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, scope: str, period: str, limit: Decimal | float, subject: str | None = None) -> Budget:
        """Set what may be spent, in USD, in a `day` or a `month`: by the `organisation`, or by an `agent` (its id or
        name), a `campaign` (its id) or a `user`, as `subject`.

        Raises:
            NotFound: there is no such agent or campaign.
            Conflict: there is a budget of it and the period.
        """
        body = given({"scope": scope, "subject": subject, "period": period, "limit": float(limit)})
        request = Request("POST", route(*_BUDGETS), body=body, idempotency_key=new_idempotency_key())
        return self._connection.call(request, Budget)

    def set(self, scope: str, period: str, limit: Decimal | float, subject: str | None = None) -> Budget:
        """As `create`, but when there is a budget already, it gets the limit."""
        try:
            return self.create(scope, period, limit, subject)
        except Conflict:
            for there in self.list():
                if (there.scope, there.period) == (scope, period) and subject in (None, there.subject, there.name):
                    return self.change(there.id, limit)
            raise

    def list(self) -> Page[Budget]:
        """Every budget as it stands: the organisation's first, then by scope, name and period."""
        return fetch_page(self._connection, Request("GET", route(*_BUDGETS)), Budget)

    def get(self, budget_id: str) -> Budget:
        """One budget.

        Raises:
            NotFound: there is no such budget.
        """
        return self._connection.call(Request("GET", route(*_BUDGETS, budget_id)), Budget)

    def change(self, budget_id: str, limit: Decimal | float) -> Budget:
        """Set another limit; tasks that it holds no more start by themselves."""
        return self._connection.call(
            Request("PATCH", route(*_BUDGETS, budget_id), body={"limit": float(limit)}), Budget
        )

    def remove(self, budget_id: str) -> None:
        """Remove a budget; tasks that it held start by themselves."""
        self._connection.send(Request("DELETE", route(*_BUDGETS, budget_id)))
