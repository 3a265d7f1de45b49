"""`make screenshots`: pages of a running stack as pictures, for the README and what it leads to.

Run as `python -m tests.browser.pictures URL FOLDER`; what they show is what the stack holds, such as `make demo`.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from rich.console import Console

from tests.browser.conftest import NAMES

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 780}
LOOKS = {"light": (WIDE, "light"), "dark": (WIDE, "dark"), "narrow": (NARROW, "light")}
PATIENCE_MS = 90_000
PAGES = {
    "overview": ("/dashboard?range=30d", ("light", "dark", "narrow")),
    "agents": ("/dashboard/agents?range=30d", ("light",)),
    "agent": ("/dashboard/agents/support-triage?range=30d", ("dark",)),
    "calendar": ("/dashboard/calendar", ("light",)),
}
"""The addresses of pages, and how each is taken."""
WISH = "Create a campaign on Instagram and Facebook for our sourdough bakery: we want to sell more rye bread"


def main(url: str, folder: str) -> None:
    """Take every picture, and say where it lies."""
    console, installed = Console(highlight=False), next(filter(None, map(shutil.which, NAMES)), None)
    if installed is None:
        raise SystemExit("There is no Chromium here: on Debian, apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox"])
        # First, for it leaves a calendar.
        pages = {"chat": (conversation(browser.new_page(base_url=url)), ("light",))} | PAGES
        for look, (size, scheme) in LOOKS.items():
            options: dict[str, Any] = {"viewport": size, "color_scheme": scheme, "locale": "en-GB"}
            page = browser.new_context(base_url=url, reduced_motion="reduce", **options).new_page()
            for name in (name for name, (_, looks) in pages.items() if look in looks):
                console.print(take(page, pages[name][0], Path(folder) / f"{name}-{look}.png"))
        browser.close()


def conversation(page: Page) -> str:
    """The address of a conversation whose agents have planned a campaign."""
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/dashboard/chat")
    page.get_by_label("Message").fill(WISH)
    page.get_by_role("button", name="Send").click()
    page.locator("ol.talk > li:nth-child(3)").wait_for()
    return page.url


def take(page: Page, address: str, file: Path) -> Path:
    """Take one picture, once everything on it is there; a function's first start may be in it."""
    answer = page.goto(address, wait_until="networkidle", timeout=PATIENCE_MS)
    if answer is None or answer.status != 200:
        raise SystemExit(f"{address}: {answer.status if answer else 'no answer'}")
    page.wait_for_function("[...document.querySelectorAll('[data-chart]')].every((one) => one.querySelector('canvas'))")
    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=file)
    return file


if __name__ == "__main__":
    main(*sys.argv[1:])
