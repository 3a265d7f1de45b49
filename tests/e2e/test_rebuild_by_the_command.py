"""A rebuild by the command recomputes the figures from the runs, and they are the same."""


def test_a_rebuild_by_the_command_changes_no_figure(stack, caller, watchbill):
    us = caller("rebuilt")
    before = figures(us)

    rebuilt = watchbill(us, "rebuild")

    assert (rebuilt["state"], rebuilt["progress"]["done"], rebuilt["progress"]["total"]) == ("completed", 60, 60)
    assert figures(us) == before
    assert sum(row["totalRuns"] for row in before[0]) == 60


def figures(us):
    cards = {card["title"]: card["raw"] for card in us.get("/api/v1/ui/stats")}
    # The mean of the last hour moves on while the rebuild takes its time.
    del cards["Avg Response Time"]
    return us.get("/api/v1/ui/agent_versions"), us.get("/api/v1/ui/recent_activity"), cards
