"""Finds the rules: every file in `rules/`, and what others add by the entry point `dagaudit.rules`."""

import difflib
import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType

from analyzers.code_analyzer import rules
from analyzers.code_analyzer.rule import Rule
from dagaudit.errors import SpecInvalid

ENTRY_POINTS = "dagaudit.rules"


@cache
def our_rules() -> tuple[Rule, ...]:
    """The rules of this package, sorted by id."""
    return tuple(sorted(_rules_in(rules), key=lambda rule: rule.id))


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, ours and others', sorted by id.

    Raises:
        SpecInvalid: two rules share an id or a name, or an entry point is not a rule.
    """
    found = [*our_rules(), *_rules_of_others()]
    seen: dict[str, Rule] = {}
    for rule in found:
        for key in (rule.id, rule.name):
            other = seen.setdefault(key, rule)
            if other is not rule:
                raise SpecInvalid(f"two rules are called {key}: {_home(other)} and {_home(rule)}; rename one")
    return tuple(sorted(found, key=lambda rule: rule.id))


def find_rule(id_or_name: str) -> Rule:
    """The rule with this id or name, whatever its case.

    Raises:
        SpecInvalid: there is none; the message names the closest.
    """
    wanted = id_or_name.strip().lower()
    known = {key.lower(): rule for rule in all_rules() for key in (rule.id, rule.name)}
    if wanted in known:
        return known[wanted]
    close = difflib.get_close_matches(wanted, known, n=1, cutoff=0.4)
    hint = f"did you mean {known[close[0]].id} ({known[close[0]].name})?" if close else "see `dagaudit rules`"
    raise SpecInvalid(f"there is no rule {id_or_name!r}; {hint}")


def _rules_in(package: ModuleType) -> Iterable[Rule]:
    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith("_"):
            continue
        module = import_module(f"{package.__name__}.{info.name}")
        check = getattr(module, "check", None)
        if not isinstance(check, Rule):
            raise SpecInvalid(f"{module.__name__} has no rule: decorate its function `check`")
        yield check


def _rules_of_others() -> Iterable[Rule]:
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        found = entry.load()
        rule = found if isinstance(found, Rule) else getattr(found, "check", None)
        if not isinstance(rule, Rule):
            raise SpecInvalid(f"the entry point {entry.name} ({entry.value}) of {ENTRY_POINTS} is not a rule")
        yield rule


def _home(rule: Rule) -> str:
    return rule.check.__module__
