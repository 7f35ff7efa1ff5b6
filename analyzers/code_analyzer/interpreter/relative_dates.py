"""Dates moved by dateutil's relativedelta: `start - relativedelta(months=1)`."""

import ast
import calendar
from datetime import date, timedelta

from analyzers.code_analyzer.interpreter.objects import Raised
from analyzers.code_analyzer.values import Const, Made, Value

_ADDED = {"years", "months", "weeks", "days", "hours", "minutes", "seconds"}
_SET = {"year", "month", "day", "hour", "minute", "second", "microsecond"}


def is_delta(value: Value) -> bool:
    """Whether it is a relativedelta."""
    return isinstance(value, Made) and value.callee == "dateutil.relativedelta.relativedelta"


def moved(node: ast.AST, start: Const, delta: Made, sign: int) -> date | None:
    """A date or datetime so much later (sign 1) or earlier (-1); None where that is not known.

    As dateutil does: fields that are set come first, a day beyond the month's end becomes its last.
    """
    given = {name: value.plain() for name, value in delta.kwargs.items()}
    if not is_delta(delta) or not isinstance(start.value, date) or delta.args:
        return None
    if not set(given) <= _ADDED | _SET or not all(isinstance(one, int) for one in given.values()):
        return None
    plain = start.value
    months = sign * (given.get("years", 0) * 12 + given.get("months", 0))
    try:
        year, month = given.get("year", plain.year), given.get("month", plain.month)
        total = year * 12 + month - 1 + months
        year, month = total // 12, total % 12 + 1
        day = min(calendar.monthrange(year, month)[1], given.get("day", plain.day))
        rest = {name: given[name] for name in _SET - {"year", "month", "day"} if name in given}
        found = plain.replace(year=year, month=month, day=day, **rest)
        units = {name: sign * given[name] for name in _ADDED - {"years", "months"} if name in given}
        return found + timedelta(**units)
    except (ValueError, OverflowError, TypeError) as error:
        raise Raised(node, str(error), type(error).__name__) from None
