"""Rules by which events recur, as they are said and as they are read from RRULEs."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from watchbill.calendar.recurrence import Recurrence, RecurrenceType

START = datetime(2026, 1, 31, 9, tzinfo=UTC).replace(tzinfo=None)
END = datetime(2030, 3, 31, 22, tzinfo=UTC)


def read(rrule):
    return Recurrence.model_validate({"rrule": rrule})


@pytest.mark.parametrize(
    ("rrule", "said"),
    [
        ("FREQ=DAILY", {"type": "daily"}),
        ("RRULE:freq=weekly;byday=FR,MO;interval=2;wkst=SU", {"type": "weekly", "interval": 2, "weekStart": "SU"}),
        ("FREQ=MONTHLY;BYDAY=-1FR,+2TU;COUNT=5;", {"type": "monthly", "weekdays": ["2TU", "-1FR"], "count": 5}),
        ("FREQ=MONTHLY;BYMONTHDAY=15,-1;UNTIL=20300331T220000Z", {"monthDays": [-1, 15], "endDate": END}),
        ("FREQ=YEARLY;BYMONTH=2;BYDAY=MO,TU;BYSETPOS=-1", {"months": [2], "positions": [-1]}),
    ],
)
def test_an_rrule_is_read_as_what_it_says(rrule, said):
    rule = read(rrule)

    shown = rule.model_dump(by_alias=True) | {"endDate": rule.end_date}
    assert {name: list(shown[name]) if isinstance(shown[name], tuple) else shown[name] for name in said} == said
    assert Recurrence.model_validate_json(rule.model_dump_json(by_alias=True)) == rule


@pytest.mark.parametrize(
    ("rrule", "names"),
    [
        ("FREQ=SECONDLY", "FREQ=SECONDLY is not supported"),
        ("FREQ=HOURLY;INTERVAL=2", "FREQ=HOURLY is not supported"),
        ("FREQ=DAILY;BYHOUR=9,17", "'BYHOUR=9,17' of the rrule is not supported"),
        ("FREQ=YEARLY;BYWEEKNO=20", "'BYWEEKNO=20'"),
        ("FREQ=DAILY;BYDAY=MO", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=XX", "weekdays"),
        ("FREQ=WEEKLY;BYSETPOS=1;BYDAY=MO", "BYSETPOS"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTH=2", "BYMONTH"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "count from 1"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "monthDays"),
        ("FREQ=YEARLY;BYDAY=MO", "BYMONTH"),
        ("FREQ=DAILY;UNTIL=20300331", "UNTIL is an instant in UTC"),
        ("FREQ=DAILY;UNTIL=20300331T000000Z;COUNT=3", "give one of them"),
        ("FREQ=DAILY;COUNT=0", "count"),
        ("FREQ=DAILY;COUNT=3661", "count"),
        ("FREQ=DAILY;INTERVAL=x", "INTERVAL=X is not a number"),
        ("FREQ=DAILY;FREQ=DAILY", "twice"),
        ("INTERVAL=2", "FREQ"),
        ("", "an rrule is text"),
        ("FREQ=DAILY;" + "X" * 500, "an rrule is text"),
    ],
)
def test_what_is_not_supported_of_an_rrule_is_named(rrule, names):
    with pytest.raises(ValidationError) as refused:
        read(rrule)

    assert names in str(refused.value)


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        ({"type": "daily", "interval": 3}, "FREQ=DAILY;INTERVAL=3"),
        ({"type": "weekly"}, "FREQ=WEEKLY;BYDAY=SA"),
        ({"type": "monthly"}, "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
        ({"type": "yearly"}, "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31"),
        ({"rrule": "FREQ=MONTHLY;BYMONTHDAY=31"}, "FREQ=MONTHLY;BYMONTHDAY=31"),
        ({"rrule": "FREQ=MONTHLY;BYDAY=MO,-1FR;COUNT=4"}, "FREQ=MONTHLY;BYDAY=MO,-1FR"),
        ({"rrule": "FREQ=WEEKLY;WKST=SU;BYDAY=SU,MO"}, "FREQ=WEEKLY;BYDAY=MO,SU;WKST=SU"),
    ],
)
def test_a_rule_is_written_with_all_that_follows_from_where_it_begins(rule, written):
    assert Recurrence.model_validate(rule).written(START, END) == f"{written};UNTIL=20300331T220000Z"


def test_a_rule_is_said_in_words_or_as_an_rrule():
    with pytest.raises(ValidationError, match="not as both"):
        Recurrence.model_validate({"type": "daily", "rrule": "FREQ=DAILY"})
    assert "rrule" in Recurrence.model_json_schema()["properties"]
    assert Recurrence(type=RecurrenceType.DAILY) == read("FREQ=DAILY")
