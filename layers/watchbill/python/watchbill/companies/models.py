"""Companies: what may be said of one, and what is asked of the directory."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, JsonValue, PlainSerializer, Tag

from watchbill.platform.batches import MOST_ENTRIES
from watchbill.platform.wire import Bound, Label, Model, Moment, PageQuery

MOST_REGISTRY = 16_000
MOST_AMOUNT = 10**15

NETWORKS = ("linkedin", "twitter", "facebook", "instagram", "youtube", "github")
"""The social networks on which a company may be found; each has a field `…_url`."""


class SignalStrength(StrEnum):
    """How much a signal says."""

    VERY_STRONG = "very_strong"
    STRONG = "strong"
    MODERATE = "moderate"
    WEAK = "weak"


def _address(value: Any) -> Any:
    """A web address, with its scheme when none was given."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    text = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").encode("idna").decode()
        _ = parts.port
    except (UnicodeError, ValueError) as error:
        raise ValueError("an address of the web looks like https://example.com") from error
    plain = text.isprintable() and " " not in text and "@" not in parts.netloc
    if parts.scheme not in ("http", "https") or "." not in host.strip(".") or not plain:
        raise ValueError("an address of the web looks like https://example.com")
    return text


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _bounded(registry: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(registry)) > MOST_REGISTRY:
        raise ValueError(f"at most {MOST_REGISTRY:,} bytes are kept of this")
    return registry


def _wire_number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


Web = Annotated[str, BeforeValidator(_address), Field(max_length=500)]
"""An address of the web; one without a scheme is taken to be https."""

Amount = Annotated[
    Decimal, Field(ge=0, le=MOST_AMOUNT, decimal_places=2), PlainSerializer(_wire_number, return_type=int | float)
]
"""An amount of money a year, in the currency that the organisation reckons in."""

Headcount = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
Labels = Annotated[tuple[Label, ...], BeforeValidator(_listed), Field(max_length=100)]
"""Labels, or one."""

Number = Annotated[Label, Field(max_length=40)]
Line = Annotated[str, Field(min_length=1, max_length=500)]


class HeadcountOn(Model):
    """How many people a company had on a day."""

    date: date
    count: Headcount


class CompanySignal(Model):
    """Something that was noticed of a company: a job posting, a funding round, a filing, news.

    It is active until `expires_at`; for ever without one.
    """

    type: Label
    title: Line
    strength: SignalStrength = SignalStrength.MODERATE
    confidence: Annotated[float, Field(ge=0, le=1)] = 1.0
    url: Web | None = None
    source: Label | None = None
    detected_at: Bound | None = None
    expires_at: Bound | None = None


class CompanyContact(Model):
    """Somebody who can be approached at a company."""

    name: Label
    role: Label | None = None
    email: Label | None = None
    phone: Label | None = None
    linkedin_url: Web | None = None


class Description(Model):
    """What may be said of a company; what is null is not known.

    `domain` follows from the website when it is not given; one that many companies share, such as facebook.com, is
    nobody's. `registry` is what a public register says.
    """

    name: Label | None = None
    website: Web | None = None
    domain: Annotated[str, Field(max_length=253, pattern=r"^[^\s/@:?#]+\.[^\s/@:?#]+$")] | None = None
    description: Annotated[str, Field(max_length=5_000)] | None = None
    industry: Labels | None = None
    employee_count: Headcount | None = None
    employee_history: Annotated[tuple[HeadcountOn, ...], Field(max_length=120)] | None = None
    revenue: Amount | None = None
    location: Label | None = None
    region: Label | None = None
    country: Label | None = None
    registration_number: Number | None = None
    linkedin_url: Web | None = None
    twitter_url: Web | None = None
    facebook_url: Web | None = None
    instagram_url: Web | None = None
    youtube_url: Web | None = None
    github_url: Web | None = None
    phone: Label | None = None
    email: Label | None = None
    signals: Annotated[tuple[CompanySignal, ...], Field(max_length=50)] | None = None
    technologies: Labels | None = None
    contacts: Annotated[tuple[CompanyContact, ...], Field(max_length=50)] | None = None
    registry: Annotated[dict[str, JsonValue], AfterValidator(_bounded)] | None = None
    enriched_at: Bound | None = None


class NewCompany(Description):
    """A company as it is posted."""

    name: Label


class CompanyChange(Description):
    """What may be changed of a company: what is absent stays, what is null goes, a list is replaced."""


class Company(Description):
    """A company with everything that is known of it.

    `id` stays when it turns out to be the same as another: of two ids both go on leading to it.
    """

    id: str
    name: Label
    created_at: Moment
    updated_at: Moment

    def social_urls(self) -> Mapping[str, str]:
        """Where it is found on social networks, by network."""
        urls = {network: getattr(self, f"{network}_url") for network in NETWORKS}
        return {network: url for network, url in urls.items() if url}


class CompanyBatch(Model):
    """Companies posted together."""

    companies: Annotated[
        list[Any],
        Field(
            min_length=1,
            json_schema_extra={"items": {"$ref": "#/components/schemas/NewCompany"}, "maxItems": MOST_ENTRIES},
        ),
    ]


class CsvText(Model):
    """Companies as the rows of a table: what a body of the type text/csv becomes."""

    csv: str


def _form(body: Any) -> str:
    if not isinstance(body, dict):
        return "one"
    return "many" if "companies" in body else "table" if set(body) == {"csv"} else "one"


Posted = Annotated[
    Annotated[NewCompany, Tag("one")] | Annotated[CompanyBatch, Tag("many")] | Annotated[CsvText, Tag("table")],
    Discriminator(_form),
]
"""The body of a post: a company, a batch of them, or a table."""


def _import_form(body: Any) -> Literal["many", "table"]:
    return "table" if isinstance(body, dict) and set(body) == {"csv"} else "many"


Imported = Annotated[
    Annotated[CompanyBatch, Tag("many")] | Annotated[CsvText, Tag("table")], Discriminator(_import_form)
]
"""The body of an import: a batch, or a table."""


class CompanyQuery(PageQuery):
    """Which companies are listed: those that fit all that is given.

    `industry` and `location` may name several, with commas between them. A company fits no range of a figure that is
    not known of it.
    """

    name: Label | None = None
    industry: Label | None = None
    location: Label | None = None
    min_employees: Annotated[int, Field(ge=0)] | None = None
    max_employees: Annotated[int, Field(ge=0)] | None = None
    min_revenue: Annotated[Decimal, Field(ge=0, le=MOST_AMOUNT)] | None = None
    max_revenue: Annotated[Decimal, Field(ge=0, le=MOST_AMOUNT)] | None = None


class Criteria(Model):
    """What kind of company is looked for; what is empty or null asks for nothing."""

    industry: tuple[str, ...] = ()
    location: tuple[str, ...] = ()
    min_employees: int | None = None
    max_employees: int | None = None
    min_revenue: Decimal | None = None
    max_revenue: Decimal | None = None
