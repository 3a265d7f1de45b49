"""What key-like secrets look like: by their makers' prefixes, by the words before them, and by the names of fields.

The prefixes are those of gitleaks' rules (github.com/gitleaks/gitleaks, config/gitleaks.toml) for providers that agents
meet, with the lengths that their makers document. Entropy is not asked: ids and hashes have as much as secrets.
"""

import re
from functools import lru_cache

from watchbill.platform import tokens
from watchbill.platform.patterns import any_of
from watchbill.telemetry.findings import Finding, always, stands_alone

MASK = b"[secret]"

_TOKENS = (
    r"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}",  # AWS
    r"gh[oprsu]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}",
    r"gl(?:pat|ptt|rt|cbt|dt|ft|soat)-[A-Za-z0-9_.-]{20,}",  # GitLab
    r"xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}",  # Slack
    r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9/_-]{20,})",
    r"[prs]k_(?:live|test|prod)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{20,}",  # Stripe, Standard Webhooks
    r"(?:sk|pk|rk)-[A-Za-z0-9_-]{18,}",  # OpenAI, Anthropic, OpenRouter, DeepSeek, Langfuse
    r"(?:csk|dop_v1|fw|gsk|hf|key|lsv2_[ps]t|npm|ntn|nvapi|phc|phx|pplx|pypi|r8|tvly|xai)[_-](?:dev-)?[A-Za-z0-9]{20,}",
    tokens.PATTERN,
    r"AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,}",  # Google
    r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",  # SendGrid
    r"dapi[a-f0-9]{32}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|SK[0-9a-f]{32}",  # Databricks, Shopify, Twilio
    r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}",  # Telegram
    r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){2,4}",  # a JSON web token, signed or encrypted
)
_BLOCK = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
# Where the end is cut off, of an escape as JSON writes it both halves go.
_PRIVATE_KEY = rf"-----BEGIN {_BLOCK}(?:[^\"<>{{}}]*?-----END {_BLOCK}|(?:[A-Za-z0-9+/=\s]|\\+[nr])*)"
_IN_ADDRESS = r"[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s/:@\"'\\<>]*:([^\s/@\"'\\<>\[]+)@"
_SIGNATURE = r"(?i)[?&](?:x-amz-(?:signature|credential|security-token)|sig|signature|token)=([^\s&\"'\\<>#\[]{8,})"
_CREDENTIALS = r"([A-Za-z0-9+/._~=-]{8,})"
_BEARER = rf"(?i)bearer[ \t]+{_CREDENTIALS}"
_HEADER = (
    r"(?i)authorization[\\\"']*\s{0,3}[:=]\s{0,3}[\\\"']*"
    rf"(?:apikey|basic|bearer|digest|negotiate|token)[ \t]+{_CREDENTIALS}"
)

_WORDS = (
    r"passw(?:or)?d|passphrase|contrase(?:ñ|n|\\u00f1)a|client[_-]?secret|(?:aws[_-]?)?secret[_-]?(?:access[_-]?)?key"
    r"|api[_-]?key|access[_-]?key(?:[_-]?id)?|private[_-]?key|account[_-]?key|signing[_-]?(?:key|secret)"
    r"|(?:access|refresh|id|auth|session|api|bearer|security|secret)[_-]?token"
)
_ASSIGNED = (
    rf"(?i)(?:{_WORDS})[\\\"']*\s{{0,3}}(?::=|=>?|:)\s{{0,3}}(?:\\*[\"']([^\"'\\\n]{{4,}})|([^\s\"'\\,;&<>(){{}}\[\]]{{4,}}))",
    r"(?i)(?:secret|pwd)[\\\"']*\s{0,3}(?:=\s{0,3}\\*[\"']?|:\s{0,3}\\*[\"'])([^\s\"'\\,;&<>(){}\[\]/~]{4,})",
)
_NO_SECRETS = frozenset(
    b"none null nil true false undefined string required optional redacted hidden masked secretstr".split()
)
_REFERENCES = (b"$", b"%", b"*", b"<", b"[", b"{", b"...", b"xxx", b"os.", b"env", b"process.", b"settings.", b"self.")
"""What stands for a secret that is elsewhere."""

_FIELD = re.compile(
    rf"(?:^|[._\-\s/])(?:{_WORDS}|secret|authori[sz]ation|(?:set[_-]?)?cookie|credentials?)$"
    r"|^(?:db|user|root|admin|new|old|my|x)?_?(?:pass|pwd)$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LONGEST_FIELD = 100


@lru_cache(maxsize=4096)
def is_field(name: str) -> bool:
    """Whether a field of such a name holds a secret, whatever it looks like: `apiKey`, `http.header.authorization`."""
    return len(name) <= _LONGEST_FIELD and _FIELD.search(_CAMEL.sub("_", name)) is not None


def _told(text: bytes, start: int, end: int) -> bool:
    said = text[start:end].strip().lower()
    return said not in _NO_SECRETS and not said.startswith(_REFERENCES)


def _is_random(text: bytes, start: int, end: int) -> bool:
    # Words have no digits: `bearer responsibilities`, a class of CSS such as `sk-fading-circle-animation`.
    return any(byte in b"0123456789" for byte in text[start:end])


def _is_token(text: bytes, start: int, end: int) -> bool:
    return stands_alone(text, start, end) and _is_random(text, start, end)


FINDINGS = (
    Finding(MASK, any_of([_PRIVATE_KEY]), always),
    Finding(MASK, any_of([_IN_ADDRESS, _SIGNATURE, _HEADER]), _told),
    Finding(MASK, any_of([_BEARER]), _is_random),
    Finding(MASK, any_of(_TOKENS), _is_token),
    Finding(MASK, any_of(_ASSIGNED), _told),
)
PATTERNS = (_PRIVATE_KEY, _IN_ADDRESS, _SIGNATURE, _HEADER, _BEARER, *_TOKENS, *_ASSIGNED)
FIELDS = rf"(?i)(?:{_WORDS}|secret|authori[sz]ation|cookie|credentials?|pass|pwd)\\*\"\s*:"
"""Such a field as JSON writes it, however deep in text."""
