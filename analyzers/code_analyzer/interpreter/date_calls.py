"""Dates, times and durations, as datetime and pendulum make them."""

import ast
import zoneinfo
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.values import Const, Made, Symbol, Value


def _zone(value: Value | None) -> tzinfo | str | None:
    """A time zone; a text where it is not known."""
    if value is None or (isinstance(value, Const) and value.value is None):
        return None
    if isinstance(value, Symbol) and value.name in _UTC:
        return UTC
    if isinstance(value, Const) and isinstance(value.value, str):
        return _named_zone(value.value)
    if isinstance(value, Made) and value.class_name in (
        "timezone",
        "ZoneInfo",
        "Timezone",
        "gettz",
        "FixedTimezone",
    ):
        if value.callee == "datetime.timezone" and value.args and isinstance(value.args[0], Const):
            offset = value.args[0].value
            return timezone(offset) if isinstance(offset, timedelta) else "its time zone is not known"
        if value.args and isinstance(value.args[0], Const) and isinstance(value.args[0].value, str):
            return _named_zone(value.args[0].value)
    return "its time zone is not known"


_UTC = {
    "datetime.timezone.utc", "datetime.UTC", "pendulum.UTC", "pytz.utc", "pytz.UTC",
    "airflow.utils.timezone.utc", "airflow.sdk.timezone.utc", "pendulum.tz.UTC",
}  # fmt: skip


def _named_zone(name: str) -> tzinfo | str:
    if name.upper() in ("UTC", "GMT"):
        return UTC
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return f"time zone {name!r} is not known"


_DATE_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")


def _datetime(default_zone: tzinfo | None) -> Callable[..., Value | None]:
    def make(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
        kwargs = dict(given.kwargs)
        zone_value = kwargs.pop("tz", None) or kwargs.pop("tzinfo", None)
        args = list(given.args)
        if len(args) > len(_DATE_PARTS):
            zone_value = args.pop()
        values = {**dict(zip(_DATE_PARTS, args, strict=False)), **kwargs}
        plain = {key: value.plain() for key, value in values.items()}
        if not all(isinstance(item, int) for item in plain.values()) or not set(plain) <= {
            *_DATE_PARTS,
            "fold",
        }:
            return None
        zone = default_zone if zone_value is None else _zone(zone_value)
        if isinstance(zone, str):
            return unknown(scope, node, zone)
        try:
            return Const(datetime(**plain, tzinfo=zone), node=node, file=scope.file)
        except (TypeError, ValueError) as error:
            raise Raised(node, str(error), type(error).__name__) from None

    return make


def _plain_object(kind: Callable[..., object]) -> Callable[..., Value | None]:
    def make(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
        if not all(value.known for value in (*given.args, *given.kwargs.values())):
            return None
        try:
            result = kind(
                *[value.plain() for value in given.args],
                **{key: value.plain() for key, value in given.kwargs.items()},
            )
        except (TypeError, ValueError, OverflowError) as error:
            raise Raised(node, str(error), type(error).__name__) from None
        return Const(result, node=node, file=scope.file)  # type: ignore[arg-type]

    return make


def _parse(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    text = given.args[0].plain() if given.args else None
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return unknown(scope, node, f"the date {text!r} is not followed")
    return Const(found if found.tzinfo else found.replace(tzinfo=UTC), node=node, file=scope.file)


def _strptime(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    plain = [value.plain() for value in given.args]
    if len(plain) != 2 or not all(isinstance(item, str) for item in plain):
        return None
    try:
        return Const(datetime.strptime(*plain), node=node, file=scope.file)  # noqa: DTZ007 - as the source does
    except ValueError as error:
        raise Raised(node, str(error), "ValueError") from None


def _combine(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    plain = [value.plain() for value in given.args]
    if len(plain) != 2 or given.kwargs or not isinstance(plain[0], date) or not isinstance(plain[1], time):
        return None
    return Const(datetime.combine(*plain), node=node, file=scope.file)


HANDLERS: dict[str, Callable[..., Value | None]] = {
    "datetime.datetime": _datetime(None),
    "pendulum.datetime": _datetime(UTC),
    "pendulum.DateTime": _datetime(None),
    "airflow.utils.timezone.datetime": _datetime(UTC),
    "airflow.sdk.timezone.datetime": _datetime(UTC),
    "datetime.date": _plain_object(date),
    "datetime.time": _plain_object(time),
    "datetime.timedelta": _plain_object(timedelta),
    "pendulum.duration": _plain_object(timedelta),
    "pendulum.Duration": _plain_object(timedelta),
    "datetime.datetime.strptime": _strptime,
    "datetime.datetime.combine": _combine,
    "datetime.date.fromisoformat": _plain_object(date.fromisoformat),
    "datetime.datetime.fromisoformat": _plain_object(datetime.fromisoformat),
    "pendulum.parse": _parse,
    "airflow.utils.timezone.parse": _parse,
    "airflow.sdk.timezone.parse": _parse,
}
