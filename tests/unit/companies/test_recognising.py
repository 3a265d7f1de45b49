"""What a company is recognised by: its domain and its number, however they are written."""

import pytest

from watchbill.companies.models import NewCompany
from watchbill.companies.rules import domain_of, number_of, record_of

STAMP = "2026-03-10T12:00:00.000Z source 000001"


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.Ada.Example/about?x=1", "ada.example"),
        ("ADA.example", "ada.example"),
        ("http://ada.example.:8080", "ada.example"),
        ("https://bücher.example", "xn--bcher-kva.example"),
        ("https://shop.ada.example", "shop.ada.example"),
        ("https://ada.github.io", "ada.github.io"),
        ("https://www.facebook.com/ada", None),
        ("https://uk.linkedin.com/company/ada", None),
        ("https://netflix.com", "netflix.com"),
        ("ada", None),
        ("", None),
    ],
)
def test_a_website_is_known_by_its_domain(website, domain):
    assert domain_of(website) == domain


@pytest.mark.parametrize(
    ("written", "number"),
    [("01234567", "1234567"), ("1234567", "1234567"), ("SC 123 456", "SC123456"), ("hrb-12", "HRB12"), ("-", None)],
)
def test_a_number_is_known_without_what_spreadsheets_and_people_do_to_it(written, number):
    assert number_of(written) == number


def test_a_domain_that_is_given_counts_before_the_websites():
    row = NewCompany(name="Ada", website="https://www.facebook.com/ada", domain="www.ada.example")

    assert {mark.value for mark in record_of("demo", row, STAMP).marks} == {"ada.example"}


@pytest.mark.parametrize("domain", ["ada", "a b.example", "ada.example/about", "me@ada.example"])
def test_what_is_no_domain_is_refused(domain):
    with pytest.raises(ValueError, match="domain"):
        NewCompany(name="Ada", domain=domain)


@pytest.mark.parametrize(
    "website", ["ftp://ada.example", "ada", "https://", "https://a b.example", "https://u:p@ada.example", 7]
)
def test_what_is_no_website_is_refused(website):
    with pytest.raises(ValueError, match="website"):
        NewCompany(name="Ada", website=website)
