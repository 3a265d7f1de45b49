"""Conversations and what is typed into pages, as their user meets them."""


def test_a_conversation_shows_agents_at_work_and_what_came_of_it_by_itself(window):
    page = window.open("/dashboard/chat")
    page.get_by_label("Message").fill("Haz un post en Instagram sobre nuestro café de <b>Colombia</b>")
    page.get_by_role("button", name="Send").click()
    window.finds("text=Who is at work")
    window.finds("text=Live")
    assert window.faults() == []

    page.get_by_text("publicaciones programadas").first.wait_for(timeout=90_000)
    assert page.locator("ol.talk > li").count() == 3
    assert "<b>Colombia</b>" in page.locator("ol.talk > li").first.inner_text()
    assert window.faults() == []

    (planned,) = window.us.get("/api/calendar/upcoming?hours=744")["items"]
    window.open(f"/dashboard/calendar?month={planned['startTime'][:7]}")
    window.finds(f"tr:has-text('{planned['title']}') >> text=content publish")


def test_a_limit_that_is_being_typed_stays_while_its_list_is_fetched_anew(window):
    window.us.post("/api/budgets", {"scope": "organisation", "period": "month", "limit": 25})
    page = window.open("/dashboard/budgets")
    limit = page.get_by_label("Limit of the organisation in USD")
    limit.press("End")
    limit.press("0")
    window.us.post("/api/budgets", {"scope": "user", "subject": "Ada", "period": "day", "limit": 5})

    with page.expect_response(lambda answer: "/parts/budgets" in answer.url and "Ada" in answer.text()):
        page.evaluate(
            "window.happens = setInterval(() =>"
            " document.querySelector('[data-rooms]').dispatchEvent(new CustomEvent('live')), 200)"
        )
    page.evaluate("clearInterval(window.happens)")
    assert limit.input_value() == "250"
    assert page.get_by_text("Ada").count() == 0
    limit.press("Backspace")  # nothing can be lost any more: what was held back is shown
    window.finds("text=Ada")
    assert limit.input_value() == "25"
