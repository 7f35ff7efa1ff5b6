r"""Masking: takes secrets out of any text before it leaves a process.

Every secret becomes `***`, the mark that Airflow itself uses. One fixed mark, and no number or hash per
secret: a function without memory can be called anywhere, twice, in any process, with the same result,
and a hash of a weak password is a puzzle that somebody solves. What only names a secret stays: Jinja
templates, environment look-ups, connection ids, `%(password)s`.

Every pattern here starts at a literal and has bounded quantifiers, so that a hostile line of a megabyte
costs linear time.
"""

import re

from analyzers.masking import formats

MARK = "***"

_KEYS = (
    r"pass(?:word|wd|phrase|code)|(?<![a-z])(?:pass|pwd|jwt|sas|otp)|secret|token|credential"
    r"|(?:api|access|account|private|secret|signing|encryption|auth|shared|master|license|storage|subscription"
    r"|fernet|session|service|client|webhook)[_.\- ]?key|(?<![a-z])(?:auth|sig|signature|cookie)"
)
# Searching the text for `_KEYED` itself would try it at every letter; these words tell where it can begin.
_HINT = re.compile(r"pass|pwd|jwt|sas|otp|secret|token|credential|key|auth|sig|cookie")
_BEFORE_KEY = re.compile(
    r"(?:api|access|account|private|signing|encryption|auth|shared|master|license|storage|subscription|fernet"
    r"|session|service|client|webhook)[_.\- ]?$"
)
# What may stand between a key's word and its value: a number or `_value`, a closing quote, a separator.
_KEYED = re.compile(
    rf"(?P<key>{_KEYS})(?P<tail>s?(?:[_-]?(?:access[_-]?key|key|token|value|text|[0-9]{{1,3}}))?)"
    r"(?P<close>\\{0,4}[\"']?\]?)(?P<separator>[ \t]{0,4}(?::=|=>|==|[:=])[ \t]{0,4}|>|[ \t]{1,4})",
    re.IGNORECASE,
)
_FLAG = re.compile(r"(?<![\w-])--?[\w.-]{0,40}$")
_SQL = re.compile(r"(?:identified\s{1,4}by|with|user\s{1,4}\S{1,64}|encrypted)\s{0,4}$", re.IGNORECASE)
# `max_tokens=512` and `next_token: …` are numbers and cursors, `secret_name` is caught by the tail.
_COUNTING = re.compile(
    r"(?<![a-z])(?:max|min|num|n|next|page|continuation|pagination|pad|eos|bos|unk|stop|input|output|prompt|completion"
    r"|total|cached|unexpected|invalid|expected|no|missing|bad)[_.\- ]{0,2}$",
    re.IGNORECASE,
)
_OPENING = re.compile(r"(?:[fbru]{0,2}(?=\\{0,4}[\"']))(\\{0,4}(?:\"\"\"|'''|[\"']))", re.IGNORECASE)
_BARE = re.compile(r"[^\s\"'`<>&;]{1,4096}")
_WHOLE_WORD = re.compile(r"[^\s\"'`]{1,4096}")
_NEXT_PAIR = re.compile(r",(?=[ \t]{0,4}[\w.\-]{1,40}[\"']?[=:])")
_NAMES_ONE = re.compile(
    r"\*+|\.{2,}|x{3,}|-+|none|null|nil|true|false|undefined|redacted|hidden|masked|secret|token|password"
    r"|(?:builtins\.)?(?:str|bytes|int|bool|string|any|secretstr|optional|union)\b.*"
    r"|<[^<>]*>?|\[.*|\(.*|.*\{\{.*|.*\{%.*|\{.*|\}.*|\$.*|%\(?\w*\)?s?|.*\bos\.(?:environ|getenv)\b.*"
    r"|arn:aws.*|(?:vault|env|file|ssm|secretsmanager|projects)[:/].*",
    re.IGNORECASE | re.DOTALL,
)
_EXPRESSION = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*[(\[]")
_REFERENCE = re.compile(
    r"(?:[A-Za-z_]\w*\.)*_*[a-z_]*(?:password|passwd|pwd|secret|token|key|credentials?)(?:[,)].*)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]+[.,]?|[A-Z][a-z]+[.,]?")


def mask(text: str) -> str:
    """The text with every secret replaced by `***`; masking twice changes nothing more."""
    if not text:
        return text
    text = formats.mask_pem(text, MARK)
    text = formats.mask_tokens(text, MARK)
    text = formats.mask_userinfo(text, MARK)
    text = formats.mask_headers(text, _lowered(text), MARK)
    text = _mask_keyed(text)
    text = formats.mask_high_entropy(text, MARK)
    return formats.mask_cards(text, MARK)


def _lowered(text: str) -> str:
    """In lower case and of the same length, so that a place in one is the same place in the other."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if c.isascii() else c for c in text)


def _mask_keyed(text: str) -> str:
    """`password=…` in the spellings of JSON, YAML, Python, shells, URLs, SQL and XML."""
    lowered = _lowered(text)
    parts = []
    done = 0
    position = 0
    for hint in _HINT.finditer(lowered):
        start = _key_start(lowered, hint)
        if start < position or not (match := _KEYED.match(text, start)):
            continue
        span = _value_span(text, match)
        position = match.end("key") if span is None else span[1]
        if span is not None:
            parts += [text[done : span[0]], MARK]
            done = span[1]
    return "".join([*parts, text[done:]]) if parts else text


def _key_start(lowered: str, hint: re.Match[str]) -> int:
    """Where the key's word begins: `key` alone is none, `api_key` is one from its first letter on."""
    if hint[0] != "key":
        return hint.start()
    before = lowered[max(0, hint.start() - 14) : hint.start()]
    named = _BEFORE_KEY.search(before)
    return hint.start() - len(before) + named.start() if named else hint.start()


def _value_span(text: str, match: re.Match[str]) -> tuple[int, int] | None:
    """Where the secret of this key stands, or None where there is none."""
    before = text[max(0, match.start() - 40) : match.start()]
    if not _separates(text, match, before):
        return None
    key = match["key"].lower()
    if key == "token" and (match["tail"].lower() == "s" or _COUNTING.search(before)):
        return None
    opening = _OPENING.match(text, match.end())
    if opening:
        start, end = _quoted_span(text, opening)
    else:
        start, end = _bare_span(text, match)
    value = text[start:end]
    if not value or _NAMES_ONE.fullmatch(value.strip()):
        return None
    if not opening and _says_no_secret(text, match, end, value):
        return None
    return start, end


def _separates(text: str, match: re.Match[str], before: str) -> bool:
    """Whether what follows the key is its value, and not the next word of a sentence."""
    separator = match["separator"]
    if separator == ">":
        return before.rpartition("<")[2].isidentifier() or before.endswith("<")
    if separator.strip():
        return separator.strip() != "==" or text[match.end() : match.end() + 1] in {'"', "'"}
    if match["close"]:
        return False
    if _FLAG.search(before):
        return text[match.end() : match.end() + 1] not in {"-", ""}
    return text[match.end() : match.end() + 1] == "'" and bool(_SQL.search(before))


def _quoted_span(text: str, opening: re.Match[str]) -> tuple[int, int]:
    quote = opening[1]
    start = opening.end()
    end = start
    limit = min(len(text), start + 8192)
    while True:
        end = text.find(quote, end, limit)
        if end < 0:
            # The closing quote was cut off: what is left is still the secret.
            stop = text.find("\n", start, limit)
            return start, stop if stop >= 0 else limit
        backslashes = len(text[max(start, end - 8) : end]) - len(text[max(start, end - 8) : end].rstrip("\\"))
        if backslashes % 2 == 0:
            return start, end
        end += 1


def _bare_span(text: str, match: re.Match[str]) -> tuple[int, int]:
    start = match.end()
    line_start = text.rfind("\n", max(0, match.start() - 60), match.start()) + 1
    assigns = match["separator"] == "=" and re.fullmatch(
        r"\s*(?:export\s+|set\s+|ENV\s+)?\w*", text[line_start : match.start()]
    )
    found = (_WHOLE_WORD if assigns else _BARE).match(text, start)
    if not found:
        return start, start
    value = found[0]
    if not assigns:
        value = _NEXT_PAIR.split(value, maxsplit=1)[0].rstrip(",)]}:.\\")
        # `</password>`: XML's end tag has been cut off by the pattern already.
    return start, start + len(value)


def _says_no_secret(text: str, match: re.Match[str], end: int, value: str) -> bool:
    """Whether an unquoted value is code, prose or a number rather than a secret."""
    key = match["key"].lower()
    if _EXPRESSION.match(value) or (_REFERENCE.fullmatch(value) and not any(map(str.isdigit, value))):
        return True
    if not key.startswith("pass") or key == "pass":
        if value.isdigit() and len(value) <= 6:
            return True
        spaced = match["separator"].strip() == ":" and text[end : end + 1] in {" ", ",", "", "\n"}
        if spaced and _WORD.fullmatch(value):
            return True
    if key == "pwd" and value.startswith(("/", "~", ".")):
        return True
    if key in {"sig", "signature", "cookie", "auth"}:
        return len(value) < 12 or not any(map(str.isdigit, value))
    sentence = match["separator"].startswith(":") and bool(
        re.match(r"[ \t]+[A-Za-z]+[ .,]", text[end : end + 40])
    )
    return sentence and value.isalpha() and value.islower()
