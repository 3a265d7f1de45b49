"""Companies House, the register of companies of the United Kingdom, by its public API.

A request names a company by its number and carries the API key as the user name of HTTP's basic authentication, with an
empty password. The register allows 600 requests in five minutes and then answers 429.
https://developer-specs.company-information.service.gov.uk
"""

import base64
import json
import re
from typing import Any

from watchbill.platform.outgoing import Answer, NoAnswer, Outgoing, Refused

_NUMBER = re.compile(r"[A-Z]{2}\d{6}|\d{8}|R0\d{6}")
_KEPT = (
    "company_number",
    "company_name",
    "company_status",
    "type",
    "jurisdiction",
    "date_of_creation",
    "date_of_cessation",
    "sic_codes",
    "registered_office_address",
    "has_insolvency_history",
    "has_charges",
)
_LARGEST = 8_000


class NotInRegister(Exception):
    """The register says nothing of a company; the message says why."""


class RegisterBusy(Exception):
    """The register asks to wait, or cannot be reached: the same question may be answered later."""


class CompaniesHouse:
    """Asks the register with an organisation's own key, which no message of ours ever names."""

    def __init__(self, outgoing: Outgoing, url: str, api_key: str) -> None:
        self._outgoing = outgoing
        self._url = url.rstrip("/")
        self._authorization = "Basic " + base64.b64encode(f"{api_key}:".encode()).decode()

    def profile(self, registration_number: str) -> dict[str, Any]:
        """What the register says of a company. Raises NotInRegister, RegisterBusy."""
        number = number_of(registration_number)
        headers = {"Authorization": self._authorization, "Accept": "application/json", "Accept-Encoding": "identity"}
        try:
            answer = self._outgoing.send("GET", f"{self._url}/company/{number}", headers=headers, most_bytes=200_000)
        except (Refused, NoAnswer) as error:
            raise RegisterBusy(f"Companies House could not be asked: {error}") from error
        return _profile(answer, number)


def number_of(registration_number: str) -> str:
    """A number as the register writes it: spreadsheets drop the zeros in front. Raises NotInRegister."""
    number = "".join(filter(str.isalnum, registration_number)).upper()
    number = number.zfill(8) if number.isdigit() else number
    if not _NUMBER.fullmatch(number):
        raise NotInRegister("the registration number is none of Companies House's")
    return number


def _profile(answer: Answer, number: str) -> dict[str, Any]:
    match answer.status:
        case 200:
            return _read(answer)
        case 404:
            raise NotInRegister(f"Companies House knows no company {number}")
        case 401 | 403:
            raise NotInRegister("Companies House refuses the API key")
        case 429:
            raise RegisterBusy("Companies House asks to wait: its limit of requests is reached")
        case status:
            raise RegisterBusy(f"Companies House answered {status}")


def _read(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.body)
    except ValueError:
        told = None
    if not isinstance(told, dict) or len(answer.body) > 200_000:
        raise RegisterBusy("Companies House answered something that is no company profile")
    kept: dict[str, Any] = {}
    for name in _KEPT:
        if told.get(name) is not None and len(json.dumps(kept | {name: told[name]})) <= _LARGEST:
            kept[name] = told[name]
    return {"source": "companies_house", **kept}
