"""Secrets that show by their own form: issued tokens, PEM blocks, URL userinfo, headers, cards."""

import math
import re
from collections import Counter
from itertools import pairwise

_TOKENS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"
    r"|gh[opsur]_[A-Za-z0-9]{16,255}|github_pat_[A-Za-z0-9_]{20,255}"
    r"|gl(?:pat|dt|rt|ptt|cbt|soat|imt|agent)-[\w.\-]{16,255}|glsa_[A-Za-z0-9_]{20,255}"
    r"|xox[abceoprs]-[A-Za-z0-9-]{10,255}|xapp-[A-Za-z0-9-]{10,255}"
    r"|AIza[\w-]{30,60}|ya29\.[\w.\-]{20,2000}|GOCSPX-[\w-]{20,60}|1//0[\w-]{30,255}"
    r"|(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,255}|whsec_[A-Za-z0-9+/=]{16,255}"
    r"|npm_[A-Za-z0-9]{20,255}|pypi-Ag[\w-]{16,2000}"
    r"|sk-(?:ant-|proj-|or-|svcacct-)?[\w-]{20,255}|hf_[A-Za-z0-9]{20,255}"
    r"|SG\.[\w-]{16,64}\.[\w-]{16,128}|dapi[0-9a-f]{32}|do[opr]_v1_[0-9a-f]{32,128}"
    r"|hv[bs]\.[\w-]{20,255}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{20,64}|dckr_pat_[\w-]{16,64}"
    r"|ATATT[\w=-]{20,255}|lin_api_[A-Za-z0-9]{20,64}|NRAK-[A-Z0-9]{20,64}|dp\.(?:pt|st)\.[\w.]{20,64}"
    r"|[0-9]{8,10}:AA[\w-]{30,40}|gAAAAA[\w-]{40,4000}={0,2}|AGE-SECRET-KEY-1[A-Z0-9]{40,80}"
    r"|eyJ[\w-]{8,8000}\.[\w-]{4,8000}(?:\.[\w-]{0,8000})?"
    r")"
)
_TOKEN_STARTS = (
    "AKIA", "ASIA", "ABIA", "ACCA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "gl", "xox",
    "xapp-", "AIza", "ya29.", "GOCSPX-", "1//0", "_live_", "_test_", "whsec_", "npm_", "pypi-Ag", "sk-",
    "hf_", "SG.", "dapi", "_v1_", "hvs.", "hvb.", "shp", "dckr_", "ATATT", "lin_api_", "NRAK-", "dp.",
    ":AA", "gAAAAA", "AGE-", "eyJ",
)  # fmt: skip
_HOOKS = re.compile(
    r"(hooks\.slack\.com/(?:services|workflows|triggers)/|discord(?:app)?\.com/api/webhooks/\d{1,30}/"
    r"|[\w-]{1,60}\.webhook\.office\.com/webhookb2/|api\.telegram\.org/bot)[^\s\"'<>]{6,400}"
)
_AWS_SECRET = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_PEM_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_PEM_BODY_LINE = re.compile(r"(?m)^[ \t]{0,16}([A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{76})[ \t\r]{0,4}$")
_URL = re.compile(r"://(?P<user>[^\s:/?#@\"'<>]{0,128}):(?P<rest>[^\s\"'<>]{1,512})")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{0,30}$")
_URL_TOKEN = re.compile(r"(://)([A-Za-z0-9_\-.~%]{20,255})(?=@[\w.-])")
_ORACLE = re.compile(
    r"(?<![\w/.@])([A-Za-z]\w{0,30}/)([^\s/@\"':]{1,64})(?=@(?://)?[\w.-]{1,120}(?::\d{1,5})?/\w)"
)
_CURL_USER = re.compile(r"(\bcurl\b[^\n]{0,400}?\s(?:-u|--user)[ =]?[\"']?[^\s:\"']{1,64}:)[^\s\"']{1,128}")
_HEADER = re.compile(
    r"(?P<name>\bproxy-authorization|\bauthorization|\bset-cookie|\bcookie|\bx-(?:api-key|auth-token|vault-token"
    r"|amz-security-token|gitlab-token|goog-api-key))"
    r"(?P<middle>\\{0,4}[\"']?[ \t]{0,4}[:=][ \t]{0,4}\\{0,4}[\"']?)"
    r"(?P<scheme>(?:bearer|basic|token|digest|apikey|negotiate|aws4-hmac-sha256|splunk|key)[ \t]{1,4})?"
    r"(?P<value>[^\"'\\\r\n]{1,4000})",
    re.IGNORECASE,
)
_BEARER = re.compile(
    r"\b((?:bearer|basic)[ \t]{1,4})(?=[^\s]{0,200}[0-9=])([A-Za-z0-9._~+/\-]{12,4000}={0,2})", re.IGNORECASE
)
_AUTH_PAIR = re.compile(
    r"((?:\bauth\s{0,2}[=:]\s{0,2}\(|BasicAuth\()\s{0,4}[\"'][^\"'\n]{0,64}[\"']\s{0,2},\s{0,4})"
    r"([\"'])([^\"'\n]{1,128})\2"
)
_ENV_PAIR = re.compile(
    r"(name[\"']?\s{0,2}[:=]\s{0,2}[\"']?\w{0,60}(?:password|passwd|secret|token|api_?key|private_key)\w{0,20}[\"']?"
    r"\s{0,40},?\s{0,40}[\"']?value[\"']?\s{0,2}[:=]\s{0,2}[\"']?)([^\s\"',}]{1,400})",
    re.IGNORECASE,
)
_LONG_VALUE = re.compile(r"(?<=[=: \"'])(?P<value>[A-Za-z0-9+/_\-]{20,400}={0,2})(?![\w.:/*@\\+\-])")
_KEY_BEFORE = re.compile(
    r"(?P<key>[A-Za-z_][\w.\-]{0,60})\\{0,4}[\"']?[ \t]{0,2}[=:][ \t]{0,2}\\{0,4}[\"']?$"
)
_SUSPECT_KEY = re.compile(r"key|auth|cred|salt|session|cookie|sign|pass|priv", re.IGNORECASE)
_INNOCENT_KEY = re.compile(
    r"(?:^|[_.\-])(?:id|ids|sha\d*|md5|hash|digest|checksum|etag|uuid|guid|commit|rev|revision|version|fingerprint"
    r"|path|file|filename|dir|url|uri|image|name|host|hostname|run|dag|task|key_id|public_key|primary_key"
    r"|s3_key|partition_key|cache_key|object_key|fingerprint|cursor|arn|pod|node|trace|span)(?:$|[_.\-])|(?:id|hash|sha256)$",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<![\d.\-/:])[2-6](?:[ -]?\d){13,18}(?![\d.\-/:]|[ ]\d)")
_MANY_DIGITS = re.compile(r"\d{4}[ -]?\d{4}")
_CARD_BRAND = re.compile(
    r"4\d{15}|4\d{18}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d)\d{12}|35\d{14}"
)


def mask_pem(text: str, mark: str) -> str:
    """Private keys in PEM, whole, cut off, or as a lone line of their body."""
    if "PRIVATE KEY" in text:
        parts = []
        done = 0
        while begin := _PEM_BEGIN.search(text, done):
            end = _PEM_END.search(text, begin.end())
            parts += [text[done : begin.start()], mark]
            done = end.end() if end else _end_of_cut_key(text, begin.end())
        text = "".join([*parts, text[done:]])
    if len(text) >= 64:
        text = _PEM_BODY_LINE.sub(lambda found: _body_line(found, mark), text)
    return text


def _end_of_cut_key(text: str, start: int) -> int:
    stop = re.compile(r"[\"'\n]").search(text, start)
    return stop.start() if stop else len(text)


def _body_line(found: re.Match[str], mark: str) -> str:
    return mark if _is_mixed(found[1]) else found[0]


def mask_tokens(text: str, mark: str) -> str:
    """Tokens that their issuers gave a known prefix, webhook addresses, and AWS key pairs."""
    if "hook" in text or "telegram" in text:
        text = _HOOKS.sub(rf"\g<1>{mark}", text)
    if not any(start in text for start in _TOKEN_STARTS):
        return text
    masked = _TOKENS.sub(mark, text)
    if "AKIA" in text or "ASIA" in text:
        # A secret access key has no prefix; beside its key id it is one.
        masked = _AWS_SECRET.sub(lambda found: mark if _has_all_kinds(found[0]) else found[0], masked)
    return masked


def mask_userinfo(text: str, mark: str) -> str:
    """`scheme://user:password@host`: the password goes, user and host stay."""
    if "@" not in text:
        return text
    if "://" in text:
        text = _URL.sub(lambda found: _url(found, mark), text)
        text = _URL_TOKEN.sub(rf"\g<1>{mark}", text)
    return _ORACLE.sub(rf"\g<1>{mark}", text)


def _url(found: re.Match[str], mark: str) -> str:
    scheme = _SCHEME.search(found.string, max(0, found.start() - 31), found.start())
    user, rest = found["user"], found["rest"]
    if scheme and scheme[0].lower().startswith(("http", "ws", "ftp", "s3")):
        # A web address may have another @ in its path; its password may have none that is not encoded.
        authority = re.match(r"[^/?#]*", rest)
        at = authority[0].rfind("@") if authority else -1
    else:
        at = rest.split("://", 1)[0].rfind("@")
    if not scheme or at < 1 or "{{" in rest[:at] or rest.startswith(("$", "<", "{", "%(")):
        return f"://{user}:" + (_URL.sub(lambda nested: _url(nested, mark), rest) if "://" in rest else rest)
    return f"://{user}:{mark}{rest[at:]}"


def mask_headers(text: str, lowered: str, mark: str) -> str:
    """Authorization and its kin, `auth=(user, password)`, and Kubernetes' name and value pairs."""
    if any(name in lowered for name in ("authorization", "cookie", "x-")):
        text = _HEADER.sub(lambda found: _header(found, mark), text)
    if "curl" in lowered:
        text = _CURL_USER.sub(rf"\g<1>{mark}", text)
    if "bearer" in lowered or "basic" in lowered:
        text = _BEARER.sub(rf"\g<1>{mark}", text)
    if "auth" in lowered:
        text = _AUTH_PAIR.sub(rf"\g<1>\g<2>{mark}\g<2>", text)
    if "value" in lowered and "name" in lowered:
        text = _ENV_PAIR.sub(rf"\g<1>{mark}", text)
    return text


def _header(found: re.Match[str], mark: str) -> str:
    value, scheme = found["value"], found["scheme"]
    if value.startswith(("{", "$", "<", "*", "%")) or (not scheme and not any(map(str.isdigit, value))):
        return found[0]
    whole = found["middle"].rstrip().endswith(('"', "'")) or "cookie" in found["name"].lower()
    many = scheme and scheme.strip().lower() in {"digest", "aws4-hmac-sha256"}
    rest = "" if whole or many else value.lstrip()[len(value.split(None, 1)[0]) :]
    return f"{found['name']}{found['middle']}{scheme or ''}{mark}{rest}"


def mask_high_entropy(text: str, mark: str) -> str:
    """Random-looking values behind a key; never words of prose, hashes or ids."""
    return _LONG_VALUE.sub(lambda found: mark if _looks_secret(found) else found[0], text)


def _looks_secret(found: re.Match[str]) -> bool:
    value = found["value"]
    hexadecimal = re.fullmatch(r"[0-9a-f]{32,}|[0-9A-F]{32,}", value)
    if not hexadecimal and not (_is_mixed(value) and entropy_bits(value) > 3.8):
        return False
    before = _KEY_BEFORE.search(found.string[max(0, found.start() - 72) : found.start()])
    if not before or _INNOCENT_KEY.search(before["key"]):
        return False
    return not hexadecimal or _SUSPECT_KEY.search(before["key"]) is not None


def _has_all_kinds(value: str) -> bool:
    return all(any(map(kind, value)) for kind in (str.isupper, str.islower, str.isdigit))


def _is_mixed(value: str) -> bool:
    """Whether letters of both cases and digits change as often as in a random string."""
    kinds = ["u" if c.isupper() else "l" if c.islower() else "d" if c.isdigit() else "p" for c in value]
    if not {"u", "l", "d"} <= set(kinds):
        return False
    changes = sum(a != b for a, b in pairwise(kinds))
    return changes >= 0.42 * len(kinds)


def entropy_bits(value: str) -> float:
    """Shannon's entropy per character."""
    total = len(value)
    return -sum(count / total * math.log2(count / total) for count in Counter(value).values())


def mask_cards(text: str, mark: str) -> str:
    """Payment cards: a known brand's prefix and length, and Luhn's check digit."""
    if not _MANY_DIGITS.search(text):
        return text
    return _CARD.sub(lambda found: mark if _is_card(found[0]) else found[0], text)


def _is_card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    if not _CARD_BRAND.fullmatch(digits):
        return False
    doubled = [int(d) * 2 if i % 2 else int(d) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
