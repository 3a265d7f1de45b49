"""Fixtures: Debian's Chromium at the running stack, watched for errors and for requests that go elsewhere."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from infra.local.stack import Running
from tests.support.running_stack import Caller

NAMES = ("chromium", "chromium-browser", "google-chrome")
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE_MS = 15_000
"""How long a test waits for what it looks for: a function's first start is in it."""
ZONE = "Asia/Kolkata"
"""Where visitors are: half an hour off, so that every full hour of UTC shows whether it was told in theirs."""
SERIOUS = ("serious", "critical")


@dataclass
class Window:
    """A window of one person, signed in to an organisation of the test's own."""

    page: Page
    us: Caller
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to an address of the page."""
        self.page.goto(path)
        return self.page

    def finds(self, selector: str) -> Any:
        """What a selector finds, waited for until it is seen."""
        found = self.page.locator(selector).first
        found.wait_for()
        return found

    def faults(self) -> list[str]:
        """What axe says that who cannot see the page, or uses no mouse, would miss."""
        if not self.page.evaluate("typeof window.axe !== 'undefined'"):
            # Put there from outside, past the page's policy, which lets no script of others in.
            self.page.context.new_cdp_session(self.page).send("Runtime.evaluate", {"expression": AXE.read_text()})
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {one['help']} at {node['target']}"
            for one in found["violations"]
            if one["impact"] in SERIOUS
            for node in one["nodes"]
        ]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium without a window. Its driver runs an event loop, which other suites' tests must not meet."""
    installed = next(filter(None, map(shutil.which, NAMES)), None)
    if installed is None:
        pytest.skip("no Chromium here, so the page was not looked at: on Debian, apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def open_window(browser: Browser, stack: Running) -> Callable[[Caller], AbstractContextManager[Window]]:
    """Opens windows of somebody who signs in with a caller's key; when one is closed nothing may have gone wrong."""

    @contextmanager
    def open_one(us: Caller) -> Iterator[Window]:
        context = browser.new_context(
            base_url=stack.url, viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id=ZONE
        )
        context.set_default_timeout(PATIENCE_MS)
        made = Window(context.new_page(), us)
        _watch(made, stack.url)
        _sign_in(made)
        yield made
        context.close()
        assert made.wrong == []

    return open_one


@pytest.fixture
def us(caller: Callable[..., Caller], request: Any) -> Caller:
    """An organisation of the test's own, and its admin key."""
    name = request.node.name.split("[")[0].removeprefix("test_").replace("_", "-")
    return caller(name[:38].rstrip("-"))


@pytest.fixture
def window(open_window: Callable[[Caller], AbstractContextManager[Window]], us: Caller) -> Iterator[Window]:
    """A window of somebody with every scope."""
    with open_window(us) as opened:
        yield opened


def _watch(window: Window, ours: str) -> None:
    """Write down what goes wrong in a window, and what it asks of others."""
    page, wrong = window.page, window.wrong

    def elsewhere(address: str) -> bool:
        return urlsplit(address).netloc != urlsplit(ours).netloc and not address.startswith(("data:", "blob:"))

    page.on("request", lambda sent: wrong.append(f"asked {sent.url}") if elsewhere(sent.url) else None)
    page.on("websocket", lambda opened: wrong.append(f"opened {opened.url}") if elsewhere(opened.url) else None)
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))


def _sign_in(window: Window) -> None:
    window.open("/dashboard/sign-in")
    window.page.get_by_label("API key").fill(str(window.us.key))
    window.page.get_by_role("button", name="Sign in").click()
    window.finds("h1:has-text('Overview')")
