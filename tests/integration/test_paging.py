"""Lists are paged by the Link header to their end, everything in them exactly once."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.steps import announce, pages, post_run, prepare, register


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_every_agent_is_listed_exactly_once_by_name(service, key, limit):
    names = ["b", "a", "c", "Zed", "ä", "a-2", "a 1"]
    for name in names:
        register(service, key, name)

    found = list(pages(service, key, f"/api/v1/agents?limit={limit}"))

    assert [agent["name"] for page in found for agent in page] == sorted(names)
    assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)
    assert found[-1]


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_every_version_is_listed_exactly_once_newest_first(service, key, limit):
    register(service, key)
    for version in ("1.2", "1.10", "1.0", "nightly", "1.9"):
        announce(service, key, version=version)

    found = [
        version for page in pages(service, key, f"/api/v1/agents/my-agent/versions?limit={limit}") for version in page
    ]

    assert [version["version"] for version in found] == ["1.10", "1.9", "1.2", "1.0", "nightly"]


def test_a_list_that_ends_with_its_page_has_no_next_one(service, key):
    register(service, key, "a")
    register(service, key, "b")

    answer = service.request("GET", "/api/v1/agents?limit=2", key=key)

    assert len(answer.json) == 2
    assert answer.next_address is None


def test_the_link_names_the_next_page_of_the_same_query(service, key):
    for name in "abc":
        register(service, key, name)

    link = service.request("GET", "/api/v1/agents?limit=2", key=key).headers["Link"]

    match = re.fullmatch(r'<([^>]+)>; rel="next"', link)
    address = urlsplit(match[1])
    assert address.path == "/api/v1/agents"
    assert parse_qs(address.query).keys() == {"limit", "cursor"}
    assert parse_qs(address.query)["limit"] == ["2"]


def test_a_list_shows_fifty_unless_told_otherwise(service, key):
    register(service, key)
    for i in range(51):
        announce(service, key, version=f"1.{i}")

    first, rest = pages(service, key, "/api/v1/agents/my-agent/versions")

    assert (len(first), len(rest)) == (50, 1)


@pytest.mark.parametrize("name", ["my agent", "監視", "🤖"])
def test_a_link_is_an_address_whatever_the_agents_name(service, key, name):
    prepare(service, key, name)
    for i in range(3):
        post_run(service, key, name, id=i)

    link = service.request("GET", f"/api/v1/agents/{name}/runs?limit=2", key=key).headers["Link"]
    found = [run["id"] for page in pages(service, key, f"/api/v1/agents/{name}/runs?limit=2") for run in page]

    assert re.fullmatch(r"<[!-~]+>; rel=\"next\"", link)
    assert sorted(found) == [0, 1, 2]


def test_an_agent_registered_while_a_list_is_read_moves_nothing(service, key):
    for name in "bdf":
        register(service, key, name)
    first = service.request("GET", "/api/v1/agents?limit=2", key=key)

    register(service, key, "a")
    register(service, key, "e")
    rest = [agent["name"] for page in pages(service, key, first.next_address) for agent in page]

    assert rest == ["e", "f"]
