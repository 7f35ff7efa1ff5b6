"""Kubernetes' quantities: the API server stores 1024Mi as 1Gi, which is no difference."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

_UNITS: dict[str, Decimal] = {
    "": Decimal(1),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("num", start=-3)},
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", start=1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", start=1)},
}
_QUANTITY = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([numkMGTPE]?|[KMGTPE]i)")


def same_amounts(wanted: Any, found: Any) -> bool:  # noqa: ANN401
    """Whether every wanted resource is found in the same amount, however it is written."""
    if not isinstance(wanted, dict) or not isinstance(found, dict):
        return not wanted and not found
    return all(_amount(value) == _amount(found.get(name)) for name, value in wanted.items())


def _amount(text: Any) -> Decimal | str:  # noqa: ANN401
    matched = _QUANTITY.fullmatch(str(text))
    if matched is None:
        return str(text)
    try:
        return Decimal(matched[1]) * _UNITS[matched[2]]
    except InvalidOperation:
        return str(text)
