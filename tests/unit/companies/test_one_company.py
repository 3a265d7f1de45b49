"""The directory as a whole: however rows come, in whatever order and how often, the same companies come of them."""

from datetime import UTC, datetime
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from tests.support.memory_table import MemoryTable
from watchbill.companies import rules
from watchbill.companies.models import CompanyChange, CompanyQuery, NewCompany
from watchbill.companies.service import CompanyService
from watchbill.companies.store import CompanyStore
from watchbill.platform.lists import Cursors

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
WEBSITES = ("https://a.example", "http://www.b.example/about", "c.example", None)
NUMBERS = ("01", "2", "3", None)

rows = st.builds(
    NewCompany,
    name=st.sampled_from(("Ada", "Bo", "Cy")),
    website=st.sampled_from(WEBSITES),
    registration_number=st.sampled_from(NUMBERS),
    employee_count=st.none() | st.integers(0, 3),
    technologies=st.none() | st.lists(st.sampled_from(("React", "Vue")), max_size=2).map(tuple),
    employee_history=st.none() | st.just(({"date": "2026-01-01", "count": 1},)),
)


class Directory:
    """A directory in memory."""

    def __init__(self):
        self.table = MemoryTable()
        self.service = CompanyService(CompanyStore(self.table), Cursors(lambda: b""))
        self._moments = count()

    def take(self, numbered):
        """Take in rows under the stamps that their numbers have."""
        return self.service.take_in(numbered, lambda number: rules.stamp_of(NOON, "source", number))

    def companies(self):
        """Everything that is known, without the ids."""
        found = self.service.search(CompanyQuery(limit=500)).items
        shown = [one.model_dump(mode="json", exclude={"id", "created_at"}, exclude_none=True) for one in found]
        return sorted(shown, key=str)


def directory_of(numbered, batches):
    directory = Directory()
    for batch in batches:
        directory.take({number: numbered[number] for number in batch})
    return directory


@st.composite
def deliveries(draw):
    """Rows, and two ways in which they may come: in any order, in any batches, some more than once."""
    numbered = dict(enumerate(draw(st.lists(rows, min_size=1, max_size=6))))

    def way():
        order = list(draw(st.permutations(list(numbered))))
        more = draw(st.lists(st.sampled_from(order), max_size=2))
        size = draw(st.integers(1, 4))
        return [(order + more)[start : start + size] for start in range(0, len(order + more), size)]

    return numbered, way(), way()


@given(deliveries())
def test_the_order_of_rows_and_their_batches_do_not_matter(delivered):
    numbered, one, other = delivered

    assert directory_of(numbered, one).companies() == directory_of(numbered, other).companies()


@given(deliveries())
def test_rows_of_one_company_are_one_and_rows_of_two_are_two(delivered):
    numbered, batches, _ = delivered
    directory = directory_of(numbered, batches)

    owners = {number: taken.company_id for number, taken in directory.take(numbered).items()}

    groups = expected_groups(numbered)
    assert {frozenset(group) for group in groups} == {
        frozenset(number for number in owners if owners[number] == owner) for owner in owners.values()
    }


def expected_groups(numbered):
    """Rows that share a domain or a number, directly or by way of others: found by going round until nothing moves."""
    group = {number: {number} for number in numbered}
    for _ in numbered:
        for one, a in numbered.items():
            for other, b in numbered.items():
                domains = {rules.domain_of(row.website) for row in (a, b) if row.website}
                same_domain = bool(a.website and b.website) and len(domains) == 1
                if same_domain or (a.registration_number and a.registration_number == b.registration_number):
                    group[one] |= group[other]
    return group.values()


@given(deliveries())
def test_what_is_known_is_not_erased_by_a_row_that_says_less(delivered):
    numbered, batches, _ = delivered
    directory = directory_of(numbered, batches)
    before = directory.companies()

    directory.take({len(numbered) + n: NewCompany(name=row.name, website=row.website) for n, row in numbered.items()})

    after = directory.companies()
    for field in ("employee_count", "registration_number", "technologies"):
        values = [one[field] for one in before if field in one and "website" in one]
        assert all(any(one.get(field) == value for one in after) for value in values)


def test_two_companies_come_together_when_a_row_says_that_they_are_one():
    directory = Directory()
    first = directory.take({1: NewCompany(name="Ada", website="ada.example", phone="1")})[1]
    second = directory.take({2: NewCompany(name="Ada Ltd", registration_number="42", country="UK")})[2]

    third = directory.take({3: NewCompany(name="Ada Limited", website="ada.example", registration_number="0042")})[3]

    assert (first.created, second.created, third.created) == (True, True, False)
    assert third.company_id == first.company_id
    by_former_id = directory.service.company(second.company_id)
    assert by_former_id.id == first.company_id
    assert (by_former_id.name, by_former_id.phone, by_former_id.country) == ("Ada Limited", "1", "UK")
    assert len(directory.companies()) == 1


def test_a_row_without_domain_and_number_is_a_company_of_its_own_once():
    directory = Directory()
    nameless = NewCompany(name="Ada")

    made = [directory.take({number: nameless})[number] for number in (1, 2, 1)]

    assert [one.created for one in made] == [True, True, True]
    assert made[0].company_id == made[2].company_id != made[1].company_id
    assert len(directory.companies()) == 2


def test_a_removed_company_leaves_nothing_behind():
    directory = Directory()
    directory.take({1: NewCompany(name="Ada", website="ada.example")})
    directory.take({2: NewCompany(name="Ada", registration_number="42")})
    company = directory.take({3: NewCompany(name="Ada", website="ada.example", registration_number="42")})[3]

    directory.service.remove(company.company_id)

    assert directory.table.items == {}


def test_a_corrected_website_frees_the_one_before():
    directory = Directory()
    wrong = directory.take({1: NewCompany(name="Ada", website="wrong.example")})[1].company_id

    directory.service.change(wrong, CompanyChange(website="ada.example"))

    other = directory.take({2: NewCompany(name="Other", website="wrong.example")})[2]
    same = directory.take({3: NewCompany(name="Ada", website="ada.example")})[3]
    assert (other.created, same.created, same.company_id) == (True, False, wrong)


def test_a_company_that_would_be_known_by_too_much_is_refused():
    directory = Directory()
    same = [NewCompany(name="Ada", website=f"a{n}.example", registration_number="42") for n in range(40)]

    for number, row in enumerate(same):
        taken = directory.take({number: row})[number]

    assert taken.company_id is None
    assert taken.refusal == "one company has at most 30 domains and numbers, and this would make it 31"
