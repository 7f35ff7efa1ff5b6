"""The forms of defects, one module for each group of rules."""

import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib import import_module

from analyzers.code_analyzer.planting.form import Form


@cache
def all_forms() -> tuple[Form, ...]:
    """Every form, sorted by rule and name."""
    found: list[Form] = []
    for info in pkgutil.iter_modules(__path__):
        made: Iterable[Form] = import_module(f"{__name__}.{info.name}").FORMS
        found += made
    return tuple(sorted(found, key=lambda form: form.key))
