"""The first page, as its user meets it."""

from infra.local.processes import wait_until
from tests.support.running_stack import COLD_SECONDS


def a_run(strand="my-agent", cost=0.25):
    told = {"successRate": 1, "executionTime": 1_200, "cost": cost}
    return {"strandId": strand, "userId": "me", "taskId": "1", "taskType": "hello", "metrics": told}


def test_a_run_that_is_posted_appears_without_loading_the_page_again(window, us):
    window.finds("text=Send your first run")
    window.finds(".live.connected")
    assert window.page.locator(".activity").inner_text() == "Nothing yet."

    us.post("/api/analytics/performance", a_run())

    window.finds(".activity >> text=my-agent")
    window.finds(".card:has-text('Total Runs Today') .value:text-is('1')")


def test_figures_are_drawn_and_told(window, us):
    us.post("/api/analytics/performance", a_run())
    assert wait_until(lambda: us.get("/api/v1/ui/recent_activity"), COLD_SECONDS)

    window.open("/dashboard")

    window.finds(".drawing canvas")
    assert window.page.locator(".drawing canvas").count() == 4
    window.page.locator("figure:has-text('Cost') summary").click()
    assert window.finds("figure:has-text('Cost') td").inner_text() == "$0.25"
    assert window.finds("figure:has-text('Cost') time").inner_text().endswith(":30")


def test_what_happens_while_the_connection_is_lost_is_there_when_it_is_back(window, us):
    sockets, cut_off = [], []

    def between(socket):
        sockets.append(socket)
        socket.close() if cut_off else socket.connect_to_server()

    window.page.route_web_socket("**/ws?*", between)
    window.open("/dashboard")
    window.finds(".live.connected")

    cut_off.append(True)
    sockets[-1].close()
    window.finds(".live.reconnecting")
    us.post("/api/analytics/performance", a_run("while-away"))
    assert wait_until(lambda: us.get("/api/v1/ui/recent_activity"), COLD_SECONDS)
    cut_off.clear()

    window.finds(".live.connected")
    window.finds(".activity >> text=while-away")
