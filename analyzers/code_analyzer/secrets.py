"""Tells a secret in the source from what only names one."""

import re

_NAME = re.compile(
    r"(?:^|_)(?:password|passwd|passphrase|pwd|secret|token|api_?key|apikey|access_?key|secret_?key|private_?key"
    r"|client_?secret|auth_?key|credentials?|encryption_?key|fernet_?key|webhook_?token)(?:_value|_?\d+)?$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PASSWORD = re.compile(r"pass|pwd", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"\{\{|\}\}|\{%|\$\{|%\(|^\$|^<.*>$|^\{.*\}$|^\[.*\]$|^\*+$|^x+$|^\.+$|^env:|^vault:|^secret:|^arn:|^ssm:|^/|^\\\\|^https?://[^@]*$"
    r"|change[-_ ]?me|placeholder|your[-_ ]|[-_ ]here$|example|dummy|redacted|replace|insert|todo|fake|sample"
    r"|^(?:none|null|true|false|test|tests|testing|secrets?|passwords?|passwd|tokens?|pass|pwd|string|str|str_?value"
    r"|key|value|api_?key|basic|bearer|oauth2?|default|required|optional|unknown|mock|foo|bar|admin)$",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"[a-z]+(?:[-_./: ][a-z]+)*|[A-Z]+(?:_[A-Z0-9]+)*|[a-z]+(?:[A-Z][a-z]+)+")
_NAMES_ONE = re.compile(r"\.?[A-Za-z]+\d?(?:[A-Z][a-z]+|_[a-z0-9]+|\.[a-z0-9_]+)+")
_SECRET_WORD = re.compile(r"secret|token|key|password|credential", re.IGNORECASE)
_SHAPES = (
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})\b")),
    ("a GitLab token", re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}")),
    ("a Slack token", re.compile(r"\bxox[abposr]-[A-Za-z0-9-]{10,}")),
    ("a Slack webhook", re.compile(r"hooks\.slack\.com/services/(T\w{6,}/B\w{6,}/\w{16,})")),
    ("a Google API key", re.compile(r"\bAIza[A-Za-z0-9_-]{35}\b")),
    ("a Stripe key", re.compile(r"\b[sr]k_live_[A-Za-z0-9]{16,}")),
    ("an API key", re.compile(r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{24,}")),
    ("a Databricks token", re.compile(r"\bdapi[a-f0-9]{32}\b")),
    ("a Hugging Face token", re.compile(r"\bhf_[A-Za-z0-9]{30,}\b")),
    ("a JSON web token", re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")),
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[^-]{40,}")),
)
_USERINFO = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,30}://[^\s/:@\"']{0,60}:(?P<secret>[^\s/@\"']{3,100})@[^\s/]", re.IGNORECASE
)
# What is worth a search for shapes at all: most strings of a DAG are not.
_HINT = re.compile(
    r"AKIA|ASIA|gh[pousr]_|github_pat|glpat|xox|hooks\.slack|AIza|k_live|sk-|dapi|hf_|eyJ|-----|://[^/]{0,100}:[^/]{0,100}@"
)
_PAIR = re.compile(
    r"(?<![\w$-])[\"']?(?P<name>[A-Za-z_]{0,30}(?:password|passwd|secret|token|(?:api|access|secret|private|auth)_?key))[\"']?"
    r"(?:=|\s*:\s*[\"'])[\"']?(?P<value>[^\s\"'&;,}\\]{6,200})",
    re.IGNORECASE,
)
MAX_SECRET = 500
MIN_PASSWORD = 4
MIN_TOKEN = 8


def is_secret_name(name: str) -> bool:
    """Whether what has this name is a secret itself, not the id, path or URL of one."""
    return _NAME.search(_CAMEL.sub("_", name).replace("-", "_")) is not None


def is_secret_value(name: str, value: str) -> bool:
    """Whether a value under such a name is one: neither a placeholder, nor a template, nor a name."""
    if len(value) > MAX_SECRET or _PLACEHOLDER.search(value) or value.lower() == name.lower():
        return False
    if _PASSWORD.search(name):
        return len(value) >= MIN_PASSWORD and " " not in value
    if _NAMES_ONE.fullmatch(value) and _SECRET_WORD.search(value):
        return False
    # Keys and tokens are made by machines; what reads like a word names where the key is kept.
    return len(value) >= MIN_TOKEN and not _IDENTIFIER.fullmatch(value) and not re.search(r"\s", value)


def secret_inside(text: str) -> tuple[str, str] | None:
    """The name and the value of a secret inside a text, as in `host=db password=…` or in JSON."""
    for found in _PAIR.finditer(text):
        name, value = found["name"], found["value"]
        if is_secret_name(name) and is_secret_value(name, value) and not value.startswith(("$", "%", "{")):
            return f"the value of {name}", value
    return None


def secret_shape(text: str) -> tuple[str, str] | None:
    """What kind of secret is inside a text, by its shape alone, and the secret."""
    if not _HINT.search(text):
        return None
    for what, shape in _SHAPES:
        found = shape.search(text)
        if found is not None:
            secret = found[found.lastindex or 0]
            return None if "EXAMPLE" in secret.upper() else (what, secret)
    found = _USERINFO.search(text)
    if found is not None and not _PLACEHOLDER.search(found["secret"]):
        return "a password in a URL", found["secret"]
    return None
