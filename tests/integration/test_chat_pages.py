"""The pages of conversations: saying what is wanted, what it was taken for, and who is at work."""

from datetime import timedelta

from tests.support.pages import words_of
from watchbill.platform import clock

HOSTILE = "<img src=x onerror=alert(1)>"


def messages(shown):
    """The messages of a conversation, in the order they are shown in."""
    return [words_of(one.find("p")) for one in shown.all("//ol[contains(@class, 'talk')]/li")]


def test_a_message_begins_a_conversation_that_shows_who_is_at_work(visitor):
    begun = visitor.post(
        "/dashboard/chat",
        message="Create a campaign for our bakery on Instagram",
        business="Bakery",
        objective="brand awareness",
        channels=["instagram", "facebook"],
    )

    said, reply = messages(begun)
    assert said == "Create a campaign for our bakery on Instagram"
    assert "trend-scanner" in reply
    assert "campaign" in words_of(begun.all("//details")[0])
    assert "campaign-agent" in [words_of(one.find("a")) for one in begun.all("//section[h2='Who is at work']//li")]
    assert begun.all("//div[@data-session]")


def test_what_is_asked_back_is_answered_in_the_same_conversation(visitor):
    asked = visitor.post("/dashboard/chat", message="Quiero una campaña")
    (action,) = asked.all("//section[contains(@class, 'say')]//form/@action")
    answered = visitor.post(action, message="Para mi panadería, en Instagram, para vender más")

    assert len(messages(asked)) == 2
    assert len(messages(answered)) == 4
    assert "requires confirmation" in asked.words
    assert answered.all("//section[h2='Who is at work']")


def test_words_are_shown_as_text(visitor):
    shown = visitor.post("/dashboard/chat", message=HOSTILE)

    assert messages(shown)[0] == HOSTILE
    assert not shown.all("//img")


def test_what_is_no_message_is_refused(visitor):
    assert visitor.post("/dashboard/chat", message="").status == 400
    assert visitor.post("/dashboard/chat", message="Hola", channels=["myspace"]).status == 400


def test_a_conversation_that_has_expired_is_said_to_be_over(visitor):
    shown = visitor.post("/dashboard/chat", message="Hola")
    (address,) = shown.all("//section[contains(@class, 'say')]//form/@action")

    assert visitor.get(address).status == 200
    with clock.frozen_at(clock.now() + timedelta(minutes=31)):
        gone = visitor.get(address)
    assert (gone.status, "This conversation is over" in gone.words) == (404, True)
    assert visitor.get("/dashboard/chat/never-was").status == 404
