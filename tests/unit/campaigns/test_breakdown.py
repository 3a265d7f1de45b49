"""How a campaign's figures split: the parts are those of its agents, and together they are the whole."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.campaigns.demo import campaign
from watchbill.analytics.models import Cell, Measure, Rollup
from watchbill.campaigns import breakdown
from watchbill.campaigns.models import CampaignStatus
from watchbill.campaigns.views import CampaignPerformance

COUNTS = st.integers(1, 10**6)
MONEY = st.decimals(0, 10**6, places=10, allow_nan=False, allow_infinity=False)
CELLS = st.builds(
    lambda counts, cost: Cell({Measure.RUNS: 1, **counts, **({Measure.COST: cost} if cost else {})}),
    st.dictionaries(st.sampled_from([one for one in Measure if one is not Measure.COST]), COUNTS),
    MONEY,
)
ROLLUPS = st.builds(Rollup, st.dictionaries(st.sampled_from(["ada", "grace", "zoe", "~"]), CELLS))
SUMMED = (
    "runs",
    "completed",
    "failed",
    "timeout",
    "cancelled",
    "running",
    "queued",
    "cost",
    "runs_with_cost",
    "items_processed",
    "content_produced",
    "trends_detected",
)


def performance(total: Rollup, **facts: Any) -> CampaignPerformance:
    """The performance of a campaign with a rollup."""
    return breakdown.performance(campaign(**facts), CampaignStatus.ACTIVE, total, {"ada": "Ada"}, (), None)


@given(ROLLUPS)
def test_what_agents_did_is_together_what_was_done(total: Rollup) -> None:
    found = performance(total)

    for name in SUMMED:
        assert sum(getattr(agent, name) for agent in found.agents) == getattr(found, name)
    for kind in ("input", "output", "total"):
        assert sum(getattr(agent.tokens, kind) for agent in found.agents) == getattr(found.tokens, kind)


@given(ROLLUPS, MONEY | st.none())
def test_what_is_spent_and_what_is_left_are_together_the_budget(total: Rollup, budget: Decimal | None) -> None:
    found = performance(total, budget=budget)

    if budget is None:
        assert found.budget_remaining is found.budget_used is None
    else:
        assert found.budget_remaining is not None
        assert found.budget_remaining + found.cost == budget
        assert (found.budget_used is None) == (budget == 0)


def test_an_agent_whose_runs_have_all_gone_is_not_shown() -> None:
    # Where agents found no room, no cell goes away any more, also when nothing is left in it.
    found = performance(Rollup({"ada": Cell(), "zoe": Cell({Measure.RUNS: 1}), "~": Cell({Measure.RUNS: 7})}))

    assert [(agent.agent_id, agent.name, agent.runs) for agent in found.agents] == [
        ("zoe", "zoe", 1),
        (None, "others", 7),
    ]
