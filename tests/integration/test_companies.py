"""The directory of companies: posted singly, in batches or as CSV, imported, found, changed and removed."""

import pytest

from tests.support.local_table import every_unlogged_item
from tests.support.steps import COMPANIES, company, get, made
from tests.support.tasks import tasks_of
from watchbill.companies import chunks

CSV = {"Content-Type": "text/csv; charset=utf-8"}
IMPORTS = f"{COMPANIES}/imports"


def post(service, key, body=None, **given):
    return service.request("POST", COMPANIES, body, key=key, **given)


def names(service, key, question=""):
    return [one["name"] for one in get(service, key, f"{COMPANIES}{question}")["items"]]


def test_a_company_is_answered_with_everything_that_is_known(service, key):
    said = {
        "name": "Ada",
        "website": "www.ada.example",
        "industry": "SaaS",
        "employee_count": 12,
        "employee_history": [{"date": "2025-01-01", "count": 9}],
        "revenue": 1.5,
        "technologies": ["React"],
        "signals": [{"type": "funding", "title": "Seed", "strength": "strong", "confidence": 0.5}],
    }

    answer = made(post(service, key, said))

    assert answer == get(service, key, f"{COMPANIES}/{answer['id']}")
    assert (answer["website"], answer["domain"]) == ("https://www.ada.example", "ada.example")
    assert (answer["industry"], answer["employee_count"], answer["revenue"]) == (["SaaS"], 12, 1.5)
    assert answer["employee_history"] == said["employee_history"]
    assert answer["signals"][0]["confidence"] == 0.5
    assert answer["phone"] is None


def test_what_is_said_later_adds_to_what_is_known(service, key):
    first = company(service, key, phone="1", employee_count=10)

    again = made(post(service, key, {"name": "Ada", "website": "http://ada.example", "employee_count": 11}))

    assert again["id"] == first
    assert (again["name"], again["phone"], again["employee_count"]) == ("Ada", "1", 11)


def test_of_a_batch_the_well_formed_are_stored(service, key):
    rows = [{"name": "Ada", "website": "ada.example"}, {"phone": "1"}, 7, {"name": "Ada", "domain": "ada.example"}]

    answer = made(post(service, key, {"companies": rows}))

    assert [(one["index"], one["created"]) for one in answer["accepted"]] == [(0, True), (3, False)]
    assert len({one["id"] for one in answer["accepted"]}) == 1
    assert [one["index"] for one in answer["rejected"]] == [1, 2]
    (fault,) = answer["rejected"][0]["errors"][:1]
    assert fault == {"path": "companies.1.name", "message": "field required"}


@pytest.mark.parametrize("raw", ["{}", b"\xef\xbb\xbf{}"], ids=["text", "bytes with a mark"])
def test_a_table_is_a_batch(service, key, raw):
    text = 'Company;Web;Staff;Colour\r\n"Ada; the first";ada.example;"1,200";red\r\nBo;bo.example;few;\r\n'
    body = raw.format(text) if isinstance(raw, str) else raw.replace(b"{}", text.encode())

    answer = made(post(service, key, raw=body, headers=CSV))

    assert answer["ignored_columns"] == ["Colour"]
    assert [one["index"] for one in answer["accepted"]] == [0]
    assert answer["rejected"][0]["errors"][0]["path"] == "companies.1.employee_count"
    (ada,) = get(service, key, COMPANIES)["items"]
    assert (ada["name"], ada["employee_count"]) == ("Ada; the first", 1200)


def test_companies_are_found_by_what_they_are(service, key):
    rows = [
        {"name": "beta", "industry": ["FinTech"], "location": "London", "country": "UK", "employee_count": 10},
        {"name": "Alpha", "industry": "B2B SaaS", "country": "Ireland", "employee_count": 500, "revenue": 100},
        {"name": "gamma", "country": "Ukraine"},
    ]
    post(service, key, {"companies": rows})

    assert names(service, key) == ["Alpha", "beta", "gamma"]
    assert names(service, key, "?industry=saas,fintech") == ["Alpha", "beta"]
    assert names(service, key, "?location=United%20Kingdom") == ["beta"]
    assert names(service, key, "?min_employees=11") == ["Alpha"]
    assert names(service, key, "?max_employees=11") == ["beta"]
    assert names(service, key, "?min_revenue=100&max_revenue=100") == ["Alpha"]
    assert names(service, key, "?name=MM") == ["gamma"]
    assert names(service, key, "?name=MM&industry=saas") == []


def test_a_search_goes_on_at_its_cursor_and_at_no_others(service, key):
    post(service, key, {"companies": [{"name": f"Company {n:02d}", "industry": "SaaS"} for n in range(7)]})

    found, address = [], f"{COMPANIES}?industry=saas&limit=3"
    while address:
        page = get(service, key, address)
        found += [one["name"] for one in page["items"]]
        cursor = page["next_cursor"]
        address = cursor and f"{COMPANIES}?industry=saas&limit=3&cursor={cursor}"
        if cursor:
            elsewhere = service.request("GET", f"{COMPANIES}?industry=retail&cursor={cursor}", key=key)
            assert elsewhere.status == 400

    assert found == [f"Company {n:02d}" for n in range(7)]


def test_a_change_sets_takes_away_and_replaces(service, key):
    there = company(service, key, phone="1", technologies=["React", "Vue"], country="UK")

    change = {"phone": None, "technologies": ["Vue", "Go"], "name": "Renamed"}
    answer = service.request("PATCH", f"{COMPANIES}/{there}", change, key=key)

    assert answer.status == 200
    assert (answer.json["phone"], answer.json["technologies"], answer.json["country"]) == (None, ["Go", "Vue"], "UK")
    assert names(service, key) == ["Renamed"]


def test_a_change_to_what_another_company_is_known_by_is_refused(service, key):
    company(service, key)
    other = company(service, key, website="bo.example")

    answer = service.request("PATCH", f"{COMPANIES}/{other}", {"website": "www.ada.example"}, key=key)

    assert answer.status == 409
    assert "has the domain 'ada.example'" in answer.json["detail"]


@pytest.mark.parametrize("change", [{}, {"name": None}])
def test_a_change_of_nothing_or_to_no_name_is_refused(service, key, change):
    there = company(service, key)

    assert service.request("PATCH", f"{COMPANIES}/{there}", change, key=key).status == 400


def test_a_removed_company_is_not_found_by_anything(service, key):
    before = len(every_unlogged_item())
    there = company(service, key, registration_number="42")

    assert service.request("DELETE", f"{COMPANIES}/{there}", key=key).status == 204

    assert service.request("GET", f"{COMPANIES}/{there}", key=key).status == 404
    assert service.request("DELETE", f"{COMPANIES}/{there}", key=key).status == 404
    assert names(service, key) == []
    assert len(every_unlogged_item()) == before


def test_an_import_is_taken_in_part_by_part(service, key, channels, monkeypatch):
    monkeypatch.setattr(chunks, "MOST_ROWS", 3)
    tasks = tasks_of(service, key, monkeypatch)
    lines = [f"Company {n},c{n % 4}.example,{n}\n" for n in range(8)]
    text = "name,website,employees\n" + "".join(lines) + "Bad,bad.example,some\n"

    accepted = service.request("POST", IMPORTS, raw=text, headers=CSV, key=key)
    assert (accepted.status, accepted.json["rows"], accepted.json["status"]) == (202, 9, "running")
    before = get(service, key, accepted.json["href"])
    tasks.go_on()

    assert (before["done"], before["status"]) == (0, "running")
    progress = get(service, key, accepted.json["href"])
    assert (progress["status"], progress["done"]) == ("completed", 9)
    assert (progress["created"], progress["merged"], progress["refused"]) == (4, 4, 1)
    assert [(error["row"], error["column"]) for error in progress["errors"]] == [(9, "employee_count")]
    found = get(service, key, COMPANIES)["items"]
    assert [one["employee_count"] for one in found] == [4, 5, 6, 7]


def test_an_import_under_the_same_idempotency_key_is_the_same(service, key):
    wish = {"companies": [{"name": "Ada"}]}

    first, again = (
        service.request("POST", IMPORTS, wish, key=key, headers={"Idempotency-Key": "one"}) for _ in range(2)
    )

    assert first.json == again.json
    assert service.request("GET", f"{IMPORTS}/unknown", key=key).status == 404
