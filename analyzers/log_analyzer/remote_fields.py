"""Facts in a message that must not be lost: error codes, the host that was called."""

import re

from analyzers.log_analyzer.frames import UNUSUAL_PREFIX

_CODES = (
    re.compile(r"An error occurred \((?P<code>[\w.]{1,80})\)"),
    re.compile(r"\b(?P<code>[45]\d\d) (?:Client|Server) Error\b"),
    re.compile(r"(?:sqlstate|pgcode)\W{1,4}(?P<code>[0-9A-Z]{5})\b", re.IGNORECASE),
    re.compile(r"(?:return|exit|exited with)[ _](?:code|status)[ :=]*(?P<code>-?\d{1,3})\b", re.IGNORECASE),
    re.compile(r"StatusCode\.(?P<code>[A-Z_]{2,40})"),
    re.compile(r"\[Errno (?P<code>-?\d{1,4})\]"),
)
_HOSTS = (
    re.compile(r"HTTPS?Connection(?:Pool)?\(host='(?P<host>[^']{1,120})'(?:, port='?(?P<port>\d{1,5}))?"),
    re.compile(
        r"(?:for url|URL):? ?\"?'?[a-z+]{2,12}://(?:[^/@\s]{1,80}@)?(?P<host>[\w.\-]{1,120})(?::(?P<port>\d{1,5}))?",
        re.IGNORECASE,
    ),
    re.compile(r"server at \"(?P<host>[^\"]{1,120})\"(?: \([^)]{1,60}\))?, port (?P<port>\d{1,5})"),
    re.compile(
        r"host(?:name)?[ =:]{1,3}['\"]?(?P<host>[A-Za-z][\w\-]{0,62}(?:\.[\w\-]{1,62}){1,8})['\"]?"
        r"(?:[, ]+port[ =:]{1,3}(?P<port>\d{1,5}))?"
    ),
    re.compile(r"[a-z+]{2,12}://(?:[^/@\s]{1,80}@)?(?P<host>[\w.\-]{2,120})(?::(?P<port>\d{1,5}))?"),
    re.compile(
        r"\(\(?'(?P<host>\d{1,3}(?:\.\d{1,3}){3}|[\w\-]{1,62}(?:\.[\w\-]{1,62}){1,8})', (?P<port>\d{1,5})\)"
    ),
    re.compile(r"\b(?:to|host) (?P<host>[\w\-]{1,62}(?:\.[\w\-]{1,62}){1,8}):(?P<port>\d{1,5})\b"),
)
_FIRST_PASSING_PORT = 32768
_PARAMETERS = (
    (re.compile(r"https?://\S+"), "<url>"),
    (re.compile(r"[\w.+\-]{1,64}@[\w.\-]{1,120}"), "<email>"),
    (
        re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE),
        "<uuid>",
    ),
    (
        re.compile(r"\b\d{4}-\d\d-\d\d(?:[T _]\d\d[:_]?\d\d(?:[:_]?\d\d)?[\d.]*(?:Z|[+-]\d\d:?\d\d)?)?"),
        "<date>",
    ),
    (re.compile(r"\b(?:0x)?[0-9a-f]{12,64}\b", re.IGNORECASE), "<hex>"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "<ip>"),
    (re.compile(r"(?:/[\w.\-=@+]{1,80}){2,20}"), "<path>"),
    (re.compile(r"\d+(?:\.\d+)?"), "<n>"),
    (re.compile(r"\s+"), " "),
)


def code_of(text: str) -> str | None:
    """The code that a remote side or a process answered with: SQLSTATE, botocore's, HTTP, exit, errno."""
    for pattern in _CODES:
        match = pattern.search(text[:4000])
        if match:
            return match["code"]
    return None


def host_of(text: str) -> str | None:
    """Host and port that a message speaks of."""
    for pattern in _HOSTS:
        match = pattern.search(text[:4000])
        if match:
            return f"{match['host']}:{match['port']}" if match["port"] else str(match["host"])
    return None


def is_passing_address(text: str) -> bool:
    """Whether it is a port that the machine itself gave away for the moment, which names no service."""
    host, _, port = text.rpartition(":")
    return host in {"127.0.0.1", "localhost", "::1"} and port.isdigit() and int(port) >= _FIRST_PASSING_PORT


def parametrised(text: str) -> str:
    """The message with everything replaced that differs from one failure to the next."""
    text = UNUSUAL_PREFIX.sub("", text[:400])
    for pattern, mark in _PARAMETERS:
        text = pattern.sub(mark, text)
    return text.strip()
