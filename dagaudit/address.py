"""Addresses: every place is a URL whose scheme picks the adapter; a plain path means `file://`.

Secrets never stand in an address: they come from the environment or from mounted files.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import parse_qsl, quote, unquote, urlencode

from dagaudit.errors import AddressInvalid


class Use(StrEnum):
    """What an address is for; each use has its own schemes."""

    DAGS = "DAG source"
    LOGS = "log source"
    HISTORY = "run history"
    REPORTS = "report"
    LLM = "LLM"
    LEDGER = "ledger"
    NOTIFIER = "notifier"


@dataclass(frozen=True, slots=True)
class Form:
    """What an address of one scheme looks like."""

    example: str
    uses: tuple[Use, ...]
    host: str | None = None
    """What stands where a URL has its host; None where the scheme has none."""
    path: str | None = None
    """What the path names where it may not be empty."""
    options: tuple[str, ...] = ()
    """What may stand behind the `?`."""
    needed: tuple[str, ...] = ()
    """Options that must be given."""
    port: bool = False
    user: bool = False
    """Whether a user name without a password is usual."""


_OPENAI = ("model",)
_AIRFLOW = ("version", "timeoutSeconds", "lookbackHours")
FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "file": Form("file:///path", (Use.DAGS, Use.LOGS, Use.HISTORY, Use.REPORTS), path="path"),
        "s3": Form(
            "s3://bucket/prefix", (Use.DAGS, Use.LOGS, Use.REPORTS), "bucket", options=("region", "versionId")
        ),
        "git+https": Form(
            "git+https://host/repository@main#dags", (Use.DAGS,), "host", "repository",
            ("ref", "path"), port=True,
        ),
        "git+ssh": Form(
            "git+ssh://git@host/repository?ref=main&path=dags", (Use.DAGS,), "host", "repository",
            ("ref", "path"), port=True, user=True,
        ),
        "cloudwatch": Form(
            "cloudwatch://region/group-or-prefix*", (Use.LOGS,), "region", "log group",
            ("lookbackHours", "maxEvents"),
        ),
        "airflow+https": Form(
            "airflow+https://host/path", (Use.LOGS, Use.HISTORY), "host", options=_AIRFLOW, port=True
        ),
        "airflow+http": Form(
            "airflow+http://host:8080", (Use.LOGS, Use.HISTORY), "host", options=_AIRFLOW, port=True
        ),
        "mwaa": Form(
            "mwaa://region/environment", (Use.HISTORY,), "region", "environment's name",
            ("version", "timeoutSeconds"),
        ),
        "ollama": Form("ollama://host:11434/model", (Use.LLM,), "host", "model", port=True),
        "ollama+https": Form("ollama+https://host/model", (Use.LLM,), "host", "model", port=True),
        "openai+https": Form(
            "openai+https://host/v1?model=name", (Use.LLM,), "host", options=_OPENAI, needed=_OPENAI,
            port=True,
        ),
        "openai+http": Form(
            "openai+http://host/v1?model=name", (Use.LLM,), "host", options=_OPENAI, needed=_OPENAI, port=True
        ),
        "null": Form("null://", (Use.LLM,)),
        "sqlite": Form("sqlite:///path", (Use.LEDGER,), path="path"),
        "dynamodb": Form("dynamodb://region/table", (Use.LEDGER,), "region", "table"),
        "slack": Form("slack://secret-name", (Use.NOTIFIER,), "secret's name"),
        "pagerduty": Form("pagerduty://secret-name", (Use.NOTIFIER,), "secret's name"),
        "sns": Form("sns://region/account/topic", (Use.NOTIFIER,), "region", "account and topic"),
        "smtp": Form(
            "smtp://host:587?to=team@example.org", (Use.NOTIFIER,), "host", options=("to", "from"),
            needed=("to",), port=True,
        ),
        "webhook+https": Form("webhook+https://host/path", (Use.NOTIFIER,), "host", port=True),
    }
)  # fmt: skip
PATH_SCHEMES = ("file", "sqlite")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_SECRET_OPTION = re.compile(r"(?i)token|passw|secret|key|signature|credential|auth")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]")
_MWAA_ENVIRONMENT = re.compile(r"[a-zA-Z][0-9a-zA-Z_-]{0,79}")
_LOG_GROUP = re.compile(r"[-._/#A-Za-z0-9]{1,512}\*?")


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed address; `str` of it parses to an equal one."""

    scheme: str
    host: str = ""
    port: int | None = None
    path: str = ""
    """A file's path as it is; else what follows the host, without the first slash."""
    options: Mapping[str, str] = field(default_factory=dict)
    user: str = ""

    def __str__(self) -> str:
        if self.scheme in PATH_SCHEMES:
            # `file://localhost/x` is the file /x.
            dot = "./" if self.path.startswith("localhost/") else ""
            return f"{self.scheme}://{dot}{quote(self.path, safe=_SAFE)}"
        authority = f"{self.user}@{self.host}" if self.user else self.host
        authority += f":{self.port}" if self.port is not None else ""
        path = f"/{quote(self.path, safe=_SAFE)}" if self.path else ""
        return f"{self.scheme}://{authority}{path}" + (
            f"?{urlencode(self.options, safe=_SAFE)}" if self.options else ""
        )

    def with_options(self, options: Mapping[str, str]) -> "Address":
        """The same place with these options."""
        kept = {name: options[name] for name in sorted(options)}
        return Address(self.scheme, self.host, self.port, self.path, kept, self.user)

    def __hash__(self) -> int:
        return hash(str(self))


_SAFE = "/:@#,*=~!$()+;[]' "


def parse(text: str, use: Use | None = None) -> Address:
    """The address that a person wrote.

    Raises:
        AddressInvalid: no known scheme, not one for this use, a part is missing, or a secret stands in it.
    """
    if not text.strip() or "\0" in text:
        raise AddressInvalid(f"an address is empty; {_valid(use)}")
    found = _URL.fullmatch(text)
    if not found:
        return _plain_path(text, use)
    scheme, rest = found[1].lower(), found[2]
    form = FORMS.get(scheme)
    if form is None or (use is not None and use not in form.uses):
        what = f"no {use} has the scheme" if form and use else "unknown scheme"
        raise AddressInvalid(f"{redacted(text)}: {what} {scheme}://; {_valid(use)}")
    if scheme in PATH_SCHEMES:
        path = unquote(rest.removeprefix("localhost") if rest.startswith("localhost/") else rest)
        path = path.removeprefix("./")
        return _checked(Address(scheme, path=path), form, text)
    return _checked(_split(scheme, rest, form, text), form, text)


def redacted(text: str) -> str:
    """The text with everything gone that may be a secret: what stands before an @, and an option's value."""
    scheme, colon, rest = text.partition("://")
    if not colon:
        return text
    place, question, query = rest.partition("?")
    # Up to the last @: a password may hold a slash.
    _, at, shown = place.rpartition("@")
    hidden = re.sub(r"=[^&]*", "=***", question + query)
    return f"{scheme}{colon}{'***@' if at else ''}{shown}{hidden}"


def _valid(use: Use | None) -> str:
    forms = [form.example for form in FORMS.values() if use is None or use in form.uses]
    takes_paths = use is None or use in FORMS["file"].uses
    return f"valid are {'a path, ' if takes_paths else ''}{', '.join(forms)}"


def _plain_path(text: str, use: Use | None) -> Address:
    scheme, colon, _ = text.partition(":")
    if colon and scheme.lower() in FORMS:
        raise AddressInvalid(f"{redacted(text)}: // is missing after {scheme}:; {_valid(use)}")
    if use is not None and use not in FORMS["file"].uses:
        raise AddressInvalid(f"{text}: no {use} is a path; {_valid(use)}")
    return Address("file", path=text.removeprefix("./") or ".")


def _split(scheme: str, rest: str, form: Form, text: str) -> Address:
    # Not urlsplit: a log group may hold a #, and a model's tag a colon.
    before, _, query = rest.partition("?")
    authority, _, path = before.partition("/")
    if scheme.startswith("git+"):
        path, query = _git_options(path, query, text)
    user, at, server = authority.rpartition("@")
    if at and not (form.user and ":" not in user):
        raise AddressInvalid(
            f"{redacted(text)}: no user name or password may stand in an address; "
            "give it by the environment or a mounted file"
        )
    host, port = _host_and_port(server, text) if form.port else (server, None)
    pairs = parse_qsl(query, keep_blank_values=True)
    for name, _value in pairs:
        if name not in form.options:
            hint = "secrets come from the environment" if _SECRET_OPTION.search(name) else "remove it"
            known = ", ".join(form.options) or "none"
            raise AddressInvalid(
                f"{redacted(text)}: {scheme}:// has no option {name} (it has: {known}); {hint}"
            )
    return Address(scheme, host, port, unquote(path), dict(sorted(pairs)), user)


def _git_options(path: str, query: str, text: str) -> tuple[str, str]:
    """`repository@ref#folder`, as pip takes it, with ref and folder as the options that they stand for."""
    path, _, folder = path.partition("#")
    query, _, after = query.partition("#")
    path, _, ref = path.rpartition("@") if "@" in path else (path, "", "")
    folder = (folder or after).removeprefix("subdirectory=")
    given = [("ref", ref), ("path", folder)]
    for name, value in given:
        if value and re.search(rf"(?:^|&){name}=", query):
            raise AddressInvalid(f"{redacted(text)}: {name} is given twice, within the address and as option")
    more = urlencode({name: unquote(value) for name, value in given if value}, safe=_SAFE)
    return path, "&".join(part for part in (query, more) if part)


def _host_and_port(server: str, text: str) -> tuple[str, int | None]:
    found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]*)(?::(\d*))?", server)
    port = found[2] if found else None
    if not found or port == "" or (port and not 0 < int(port) < 65536):
        raise AddressInvalid(f"{redacted(text)}: needs a host, and where a port follows, one from 1 to 65535")
    return found[1], int(port) if port else None


def _checked(address: Address, form: Form, text: str) -> Address:
    wrong = f"{redacted(text)}: "
    if form.host and not address.host:
        raise AddressInvalid(f"{wrong}the {form.host} is missing; write {form.example}")
    if form.host is None and address.host:
        raise AddressInvalid(f"{wrong}nothing may follow {address.scheme}://")
    if form.path and not address.path:
        raise AddressInvalid(f"{wrong}the {form.path} is missing; write {form.example}")
    if form.path is None and form.host is None and address.path:
        raise AddressInvalid(f"{wrong}nothing may follow {address.scheme}://")
    for name in form.needed:
        if not address.options.get(name):
            raise AddressInvalid(f"{wrong}the option {name} is missing; write {form.example}")
    if address.scheme == "s3" and not _BUCKET.fullmatch(address.host):
        raise AddressInvalid(
            f"{wrong}that is no bucket's name (3 to 63 of a-z, 0-9, dot, hyphen); write {form.example}"
        )
    if address.scheme == "mwaa" and not _MWAA_ENVIRONMENT.fullmatch(address.path):
        raise AddressInvalid(
            f"{wrong}that is no environment's name (letters, digits, - and _); write {form.example}"
        )
    if address.scheme == "cloudwatch":
        _check_cloudwatch(address, wrong)
    return address


def _check_cloudwatch(address: Address, wrong: str) -> None:
    for name in address.path.split(","):
        if not _LOG_GROUP.fullmatch(name):
            raise AddressInvalid(
                f"{wrong}{name or 'nothing'} is no log group's name or prefix; a * may end it, "
                "and a comma stand between several"
            )
    for name, text in address.options.items():
        if not re.fullmatch(r"0*[1-9][0-9]{0,8}", text):
            raise AddressInvalid(f"{wrong}{name} is {text}, which is no whole number above 0")
