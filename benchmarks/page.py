"""How soon the web page's overview is there, and how much is sent for it: `python -m benchmarks.page [--runs 100000]`.

A local stack of the benchmark's own is filled with the demo's month of runs; then Chromium opens the overview, first as
somebody who was never there, and then again. First contentful paint is what the browser itself says of it.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, sync_playwright

from infra.local.processes import wait_until
from infra.local.stack import running

VISITS = 7
COUNTED_SECONDS = 600
PAINT_TARGET_MS, WEIGHT_TARGET = 1_000, 100_000
OVERVIEW = "/dashboard"


def main() -> None:
    """Fill, look, print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--runs", type=int, default=100_000)
    runs = asked.parse_args().runs
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=["--no-sandbox"]
        )
        subprocess.run(
            [sys.executable, "-m", "examples.demo", "--runs", str(runs), "--url", stack.url], check=True, timeout=1_800
        )
        if not wait_until(lambda: stack.backlog() == 0, COUNTED_SECONDS):
            raise SystemExit("the runs are not counted yet")
        counted = sum(row["totalRuns"] for row in httpx.get(f"{stack.url}/api/v1/ui/agent_versions").json())
        print(f"\nThe overview over {counted:,} runs, {VISITS} visits of each kind after one that starts the functions")
        look(browser, stack.url, "/dashboard")
        for name, address in (
            ("24 hours", OVERVIEW),
            ("7 days", f"{OVERVIEW}?range=7d"),
            ("30 days", f"{OVERVIEW}?range=30d"),
        ):
            report(name, [look(browser, stack.url, address) for _ in range(VISITS)])
        browser.close()


def look(browser: Browser, url: str, address: str) -> dict[str, float]:
    """One visit with an empty cache: first paint and answer in ms, bytes sent without charts and with them."""
    context = browser.new_context(base_url=url)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sent: dict[str, Any] = {}
    asked: dict[str, str] = {}
    session.on("Network.requestWillBeSent", lambda told: asked.update({told["requestId"]: told["request"]["url"]}))
    session.on("Network.loadingFinished", lambda told: sent.update({told["requestId"]: told["encodedDataLength"]}))
    page.goto(address, wait_until="networkidle")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    answered = page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd")
    context.close()
    charts = sum(size for number, size in sent.items() if "echarts" in asked.get(number, ""))
    return {"paint": paint, "answered": answered, "light": sum(sent.values()) - charts, "all": sum(sent.values())}


def report(name: str, visits: list[dict[str, float]]) -> None:
    """One line for a range."""
    paints = sorted(visit["paint"] for visit in visits)
    weight = max(visit["light"] for visit in visits)
    print(
        f"{name:9} first paint {statistics.median(paints):5.0f} ms ({paints[0]:.0f} - {paints[-1]:.0f}),"
        f" answered after {statistics.median(visit['answered'] for visit in visits):4.0f} ms;"
        f" sent {weight / 1000:.1f} kB, with charts {max(visit['all'] for visit in visits) / 1000:.1f} kB"
    )
    print(f"          target {PAINT_TARGET_MS} ms: {_met(statistics.median(paints) <= PAINT_TARGET_MS)}", end=", ")
    print(f"target {WEIGHT_TARGET / 1000:.0f} kB: {_met(weight <= WEIGHT_TARGET)}")


def _met(holds: bool) -> str:
    return "met" if holds else "missed"


if __name__ == "__main__":
    main()
