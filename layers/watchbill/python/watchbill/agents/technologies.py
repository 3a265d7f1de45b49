"""Which technologies a site is made with, by what its headers, scripts and meta tags give away. Does no I/O."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree, html

_HEADERS = {
    "server": {
        "nginx": "nginx",
        "apache": "Apache",
        "cloudflare": "Cloudflare",
        "microsoft-iis": "Microsoft IIS",
        "litespeed": "LiteSpeed",
        "openresty": "OpenResty",
        "vercel": "Vercel",
        "netlify": "Netlify",
        "github.com": "GitHub Pages",
        "amazons3": "Amazon S3",
    },
    "x-powered-by": {
        "php": "PHP",
        "express": "Express",
        "asp.net": "ASP.NET",
        "next.js": "Next.js",
        "nuxt": "Nuxt",
        "wp engine": "WP Engine",
    },
    "via": {"cloudfront": "Amazon CloudFront", "varnish": "Varnish"},
    "x-generator": {"drupal": "Drupal"},
}
_HEADERS_THERE = {
    "x-shopify-stage": "Shopify",
    "x-shopid": "Shopify",
    "x-vercel-id": "Vercel",
    "x-nf-request-id": "Netlify",
    "cf-ray": "Cloudflare",
    "x-amz-cf-id": "Amazon CloudFront",
    "x-wix-request-id": "Wix",
    "x-drupal-cache": "Drupal",
    "x-fastly-request-id": "Fastly",
}
_GENERATORS = {
    "wordpress": "WordPress",
    "drupal": "Drupal",
    "joomla": "Joomla",
    "wix": "Wix",
    "squarespace": "Squarespace",
    "webflow": "Webflow",
    "ghost": "Ghost",
    "hugo": "Hugo",
    "jekyll": "Jekyll",
    "gatsby": "Gatsby",
    "docusaurus": "Docusaurus",
    "shopify": "Shopify",
    "typo3": "TYPO3",
    "woocommerce": "WooCommerce",
    "hubspot": "HubSpot",
    "astro": "Astro",
}
_SOURCES = {
    r"/wp-(content|includes)/": "WordPress",
    r"cdn\.shopify\.com": "Shopify",
    r"static\.parastorage\.com": "Wix",
    r"squarespace\.com": "Squarespace",
    r"/_next/static/": "Next.js",
    r"/_nuxt/": "Nuxt",
    r"\breact(-dom)?([.@-][\w.-]*)?(/|\.js)": "React",
    r"\bvue(\.runtime)?([.@-][\w.-]*)?(/|\.js)": "Vue.js",
    r"\bangular([.@-][\w.-]*)?(/|\.js)": "Angular",
    r"\bjquery([.@-][\w.-]*)?(/|\.js)": "jQuery",
    r"\bbootstrap([.@-][\w.-]*)?(/|\.js|\.css)": "Bootstrap",
    r"googletagmanager\.com/gtm\.js": "Google Tag Manager",
    r"(googletagmanager\.com/gtag/|google-analytics\.com)": "Google Analytics",
    r"js\.hs-scripts\.com|js\.hsforms\.net": "HubSpot",
    r"widget\.intercom\.io|js\.intercomcdn\.com": "Intercom",
    r"static\.zdassets\.com": "Zendesk",
    r"js\.stripe\.com": "Stripe",
    r"cdn\.segment\.com": "Segment",
    r"static\.hotjar\.com": "Hotjar",
    r"connect\.facebook\.net": "Meta Pixel",
    r"cdn\.jsdelivr\.net": "jsDelivr",
    r"fonts\.googleapis\.com": "Google Fonts",
    r"plausible\.io": "Plausible",
    r"cdn\.cookielaw\.org": "OneTrust",
    r"js\.driftt\.com": "Drift",
}
_PATTERNS = {re.compile(pattern, re.IGNORECASE): name for pattern, name in _SOURCES.items()}
_MOST_SOURCES, _LONGEST_SOURCE = 500, 500


@dataclass(frozen=True, slots=True)
class Tags:
    """What of a page's tags says how it is made."""

    generators: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def technologies_of(headers: Mapping[str, str], content: bytes) -> tuple[str, ...]:
    """The technologies of a site, by name."""
    tags = tags_of(content)
    found = {name for header, name in _HEADERS_THERE.items() if header in headers}
    for header, names in _HEADERS.items():
        value = headers.get(header, "").lower()
        found |= {name for part, name in names.items() if part in value}
    for generator in tags.generators:
        found |= {name for part, name in _GENERATORS.items() if generator.lower().startswith(part)}
    for source in tags.sources:
        found |= {name for pattern, name in _PATTERNS.items() if pattern.search(source)}
    return tuple(sorted(found, key=str.casefold))


def tags_of(content: bytes) -> Tags:
    """A page's generators, and the addresses of its scripts and styles; of what is no page, none."""
    try:
        page = html.document_fromstring(content) if content.strip() else None
    except (etree.ParserError, ValueError):
        page = None
    if page is None:
        return Tags()
    generators = page.xpath("//meta[translate(@name, 'GENRATO', 'genrato') = 'generator']/@content")
    sources = page.xpath("//script/@src | //link/@href")
    return Tags(
        tuple(str(text)[:_LONGEST_SOURCE] for text in generators),
        tuple(str(text)[:_LONGEST_SOURCE] for text in sources[:_MOST_SOURCES]),
    )
