"""The web page: every address of it that begins with `/dashboard`."""

from pathlib import Path

from watchbill.dashboard.assets import OWN, Assets
from watchbill.dashboard.pages import (
    accounts,
    agent,
    agents,
    anomalies,
    audit,
    budgets,
    calendar,
    campaigns,
    chat,
    keys,
    live,
    overview,
    reports,
    runs,
    settings,
    signing,
    streams,
    subscriptions,
    tasks,
)
from watchbill.dashboard.site import Site
from watchbill.platform.observability import API_CORRELATION_ID, observed

PACKED = Path(__file__).with_name("packed")
"""What `infra.page` copies here from npm packages."""

PAGES = (
    signing,
    live,
    overview,
    agents,
    agent,
    runs,
    tasks,
    streams,
    campaigns,
    chat,
    calendar,
    accounts,
    anomalies,
    reports,
    budgets,
    keys,
    audit,
    settings,
    subscriptions,
)

app = Site(Assets(OWN, PACKED), [module.pages for module in PAGES])
lambda_handler = observed(API_CORRELATION_ID)(app.handle)
