"""A person at the web page, in process: keeps cookies as a browser does, follows redirects, fills in forms."""

import importlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from lxml import html

from tests.support.service import LambdaContext, http_event

FORM = "application/x-www-form-urlencoded"
HOST = "watchbill.example"


@dataclass
class Shown:
    """What came back: the last answer, after redirects."""

    status: int
    headers: dict[str, str]
    text: str
    path: str

    @property
    def page(self) -> Any:
        """The page as a tree."""
        return html.document_fromstring(self.text)

    @property
    def words(self) -> str:
        """What one reads."""
        return words_of(self.page)

    def all(self, path: str) -> list[Any]:
        """What an XPath finds."""
        return list(self.page.xpath(path))


def words_of(element: Any) -> str:
    """What one reads in a part of a page."""
    return " ".join(" ".join(element.itertext()).split())


@dataclass
class Visitor:
    """A browser without scripts. `headers` come with every request."""

    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    def sign_in(self, key: str) -> "Visitor":
        """Fill in the form of the sign-in."""
        shown = self.post("/dashboard/sign-in", key=key)
        assert shown.status == 200, shown.text
        return self

    def get(self, address: str, **headers: str) -> Shown:
        """Open an address."""
        return self._request("GET", address, None, headers)

    def post(self, address: str, headers: dict[str, str] | None = None, **fields: Any) -> Shown:
        """Fill in a form of the page that was opened last, and send it."""
        body = urlencode({"csrf": self.csrf} | fields, doseq=True)
        return self._request("POST", address, body, headers or {})

    def _request(self, method: str, address: str, body: str | None, headers: dict[str, str]) -> Shown:
        sent = {"content-type": FORM, "host": HOST, **self.headers, **headers}
        event = http_event(method, address, body, sent)
        event["cookies"] = [f"{name}={value}" for name, value in self.cookies.items()]
        answer = importlib.import_module("functions.dashboard.handler").lambda_handler(event, LambdaContext())
        self._keep(answer.get("cookies") or [])
        if answer["statusCode"] == 303:
            return self._request("GET", answer["headers"]["Location"], None, {})
        shown = Shown(answer["statusCode"], answer["headers"], answer["body"], address)
        self.csrf = next(iter(shown.all("//input[@name='csrf']/@value")), self.csrf) if answer["body"] else self.csrf
        return shown

    def _keep(self, cookies: list[str]) -> None:
        for cookie in cookies:
            (name, _, value), *attributes = [part.strip().partition("=") for part in cookie.split(";")]
            if ("Max-Age", "=", "0") in attributes:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
