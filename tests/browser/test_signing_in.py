"""Signing in and out, with a keyboard alone."""


def test_a_wrong_key_is_refused_and_a_right_one_signs_in_by_keyboard(window, us):
    page = window.page
    page.get_by_role("button", name="Sign out").click()
    window.finds("text=You are signed out.")

    page.keyboard.press("Tab")
    page.get_by_label("API key").focus()
    page.keyboard.type("wb_nobody_at_all")
    page.keyboard.press("Enter")
    assert window.finds("#refused").inner_text() == "This is not one of our API keys."
    page.get_by_label("API key").focus()
    page.keyboard.type(us.key)
    page.keyboard.press("Enter")

    window.finds("h1:has-text('Overview')")
    window.wrong[:] = [said for said in window.wrong if "401" not in said]


def test_the_first_stop_of_a_keyboard_leads_past_the_navigation(window):
    window.open("/dashboard/keys")

    window.page.keyboard.press("Tab")

    assert window.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    window.page.keyboard.press("Enter")
    window.page.keyboard.press("Tab")
    assert window.page.evaluate("document.activeElement.closest('main') !== null")


def test_a_key_that_is_made_is_shown_once_and_works(window, us, caller):
    page = window.open("/dashboard/keys")

    page.get_by_label("Name: who or what will use it").fill("a laptop <b>of mine</b>")
    page.get_by_role("button", name="Make the key").click()

    secret = window.finds(".issued code").inner_text()
    assert caller(key=secret).get("/api/v1/agents") == []
    window.open("/dashboard/keys")
    window.finds("th:has-text('a laptop <b>of mine</b>')")
    assert secret not in page.content()
