"""What sites give away of how they are made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.agents.technologies import Tags, tags_of, technologies_of

PAGE = b"""<!doctype html><html><head>
<meta NAME="Generator" content="WordPress 6.5">
<link rel=stylesheet href="https://fonts.googleapis.com/css?family=A">
<script src="/wp-includes/js/jquery/jquery.min.js?ver=3"></script>
<script src="https://www.googletagmanager.com/gtag/js?id=1"></script>
<script>var react = "/react.js"</script>
</head><p>We use Shopify and vue.js</p>"""


def test_a_page_is_read_by_its_tags_and_not_by_its_words():
    found = technologies_of({"server": "nginx/1.25", "cf-ray": "1"}, PAGE)

    assert found == ("Cloudflare", "Google Analytics", "Google Fonts", "jQuery", "nginx", "WordPress")


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("/_next/static/chunks/main.js", ("Next.js",)),
        ("https://unpkg.com/react@18/umd/react.production.min.js", ("React",)),
        ("/js/vue.runtime.min.js", ("Vue.js",)),
        ("/reactions.js", ()),
        ("/my-overview.js", ()),
        ("https://js.stripe.com/v3/", ("Stripe",)),
    ],
)
def test_scripts_are_known_by_their_addresses(source, names):
    assert technologies_of({}, f'<script src="{source}"></script>'.encode()) == names


@pytest.mark.parametrize("content", [b"", b"   ", b"\x00\x01", b"<", b"<!-- -->", b"{}", b"\xff\xfe<\x00"])
def test_what_is_no_page_has_no_tags(content):
    assert tags_of(content) == Tags()


@given(st.binary(max_size=300))
def test_anything_can_be_read(content):
    technologies_of({}, content)
