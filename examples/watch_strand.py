"""How a strand is, what is out of the ordinary, and its report: `python -m examples.watch_strand`, beside `make up`."""

import sys

from rich.console import Console
from rich.table import Table

from watchbill_client import PerformanceDashboard, PerformanceReport, WatchbillError, create_performance_tracker

console = Console()
tracker = create_performance_tracker()


def show_health(strand: str) -> None:
    """In a sentence, and what is unusual about it in one each."""
    health = tracker.check_health(strand)
    console.print(f"{strand} is {health.status}: {health.message}")
    for anomaly in tracker.detect_anomalies(strand, "7d"):
        state = "over" if anomaly.resolved else "open"
        console.print(f"  {anomaly.severity} {anomaly.type} ({state}): {anomaly.description}")
        for action in anomaly.suggested_actions:
            console.print(f"    try: {action}")


def show_report(report: PerformanceReport) -> None:
    """What its figures say, and what to do about it."""
    console.print(report.title, style="bold")
    for insight in report.insights:
        console.print(f"  {insight.text}")
    for recommendation in report.recommendations:
        console.print(f"  → {recommendation.text}")


def show_dashboard(board: PerformanceDashboard) -> None:
    """A line for each strand of the last day, worst first."""
    table = Table("strand", "tasks", "success", "health", title=f"{board.summary.total_tasks} tasks in 24 hours")
    for row in board.strands:
        rate = row.metrics.success_rate
        table.add_row(row.name, str(row.metrics.total_tasks), "" if rate is None else f"{rate:.0%}", row.health)
    console.print(table)


if __name__ == "__main__":
    try:
        strand = sys.argv[1] if len(sys.argv) > 1 else "writer"
        show_health(strand)
        show_report(tracker.generate_report("strand-performance", {"strandId": strand}))
        show_dashboard(tracker.dashboard())
    except WatchbillError as error:
        raise SystemExit(f"Error: {error}") from error
