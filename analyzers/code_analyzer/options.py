"""What a run of the code analyzer is asked to do: which rules, for which Airflow, how bad."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from analyzers.code_analyzer.context import Settings
from analyzers.code_analyzer.day import Day
from analyzers.code_analyzer.overrides import EVERY_RULE, Override, named
from analyzers.code_analyzer.rule import Kind, Profile, Rule, Version
from dagaudit.errors import SpecInvalid
from dagaudit.finding import Severity

DEFAULT_TARGET: Version = (3, 3)


@dataclass(frozen=True)
class CodeOptions:
    """Which rules run and how their findings are weighed. Ids may be shortened: DGA4 means all of 4xx."""

    select: tuple[str, ...] = ()
    """Only these; empty means all of the profile. A whole id or name runs even if the profile lacks it."""
    ignore: tuple[str, ...] = ()
    """Not these; stronger than `select`."""
    profile: Profile = Profile.DEFAULT
    target: Version = DEFAULT_TARGET
    """The Airflow version to audit for."""
    min_severity: Severity = Severity.LOW
    """Findings less bad than this are left out."""
    fail_on: Severity = Severity.HIGH
    """What makes the linter exit 1; the analyzer itself does not use it."""
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Path glob to ids that are ignored there."""
    overrides: tuple[Override, ...] = ()
    """What differs by path or by a DAG's tags."""
    rule_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Rule id to the options that differ from their defaults."""
    today: date | None = None
    """For suppressions that end and for dates in DAGs; None means that none has come."""
    keep_suppressed: bool = False
    """Whether the section also lists what comments silenced."""
    scope: frozenset[str] | None = None
    """Only these files of the bundle, and no rules that need all of it: to try a fix. A file that Airflow no
    longer loads shows the DAGs that it had in Airflow 2."""

    def picks(self, rule: Rule) -> bool:
        """Whether the rule is to run, be it for some places only."""
        if self.scope is not None and rule.kind is Kind.BUNDLE and not rule.fixes:
            return False
        selected = any(named(rule.id, rule.name, override.select) for override in self.overrides)
        return self.picks_everywhere(rule) or (selected and rule.applies_to(self.target))

    def picks_everywhere(self, rule: Rule) -> bool:
        """Whether its findings are told wherever no override says otherwise."""
        if not rule.applies_to(self.target) or _named(rule, self.ignore):
            return False
        if any(key in {rule.id, rule.name} for key in self.select):
            return True
        in_profile = self.profile == Profile.STRICT or rule.profile == Profile.DEFAULT
        return in_profile and (not self.select or _named(rule, self.select))

    def settings(self, rules: Iterable[Rule]) -> Settings:
        """What the rules are told: the target, and each one's options with the defaults filled in."""
        filled = {rule.id: {**rule.options, **self.rule_options.get(rule.id, {})} for rule in rules}
        return Settings(target=self.target, rule_options=filled, day=Day(self.today))

    def checked(self, rules: Iterable[Rule]) -> "CodeOptions":
        """The same, once every id, name and option in it is known.

        Raises:
            SpecInvalid: one is not; the message names the closest.
        """
        known = {rule.id: rule for rule in rules}
        names = {rule.name: rule.id for rule in known.values()}
        for key in (
            *self.select,
            *self.ignore,
            *(key for keys in self.per_file_ignores.values() for key in keys),
            *(key for override in self.overrides for key in override.keys),
        ):
            if key not in names and not any(rule_id.startswith(key) for rule_id in known):
                raise SpecInvalid(f"no rule is called {key!r}{_closest(key, [*known, *names])}")
        by_id = {names.get(key, key): options for key, options in self.rule_options.items()}
        for rule_id, options in by_id.items():
            if rule_id not in known:
                raise SpecInvalid(
                    f"options for an unknown rule {rule_id!r}{_closest(rule_id, [*known, *names])}"
                )
            _check_options(known[rule_id], options)
        return replace(self, rule_options=by_id)


def _named(rule: Rule, keys: Iterable[str]) -> bool:
    return named(rule.id, rule.name, keys)


def _check_options(rule: Rule, options: Mapping[str, Any]) -> None:
    for name, value in options.items():
        if name not in rule.options:
            raise SpecInvalid(f"{rule.id} has no option {name!r}{_closest(name, list(rule.options))}")
        default = rule.options[name]
        if default is not None and not isinstance(value, type(default)):
            raise SpecInvalid(
                f"{rule.id}: {name} = {value!r} is not a {type(default).__name__}, like {default!r}"
            )


def options_from(table: Mapping[str, Any], base: CodeOptions | None = None) -> CodeOptions:
    """The options that `[tool.dagaudit]` gives; `-` and `_` in keys mean the same.

    Raises:
        SpecInvalid: an unknown key or a value of the wrong kind, named.
    """
    given: dict[str, Any] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in _READERS:
            raise SpecInvalid(f"there is no option {key!r}{_closest(name, list(_READERS))}")
        field_name, read = _READERS[name]
        given[field_name] = read(key, value)
    return replace(base or CodeOptions(), **given)


def version_of(text: str) -> Version:
    """An Airflow version as (3, 3); a patch number is left out.

    Raises:
        SpecInvalid: it is none.
    """
    found = re.fullmatch(r"\s*(\d+)\.(\d+)(\.\S*)?\s*", text)
    if found is None:
        raise SpecInvalid(f"{text!r} is not an Airflow version; write it as 3.3 or 2.10")
    return int(found[1]), int(found[2])


def ids_of(text: str) -> tuple[str, ...]:
    """Ids, id prefixes and names from `DGA3, no-retries`."""
    return tuple(_id(key) for key in re.split(r"[,\s]+", text) if key)


def _id(key: str) -> str:
    return key.upper() if re.fullmatch(r"[A-Za-z]+\d*", key) else key.lower()


def _closest(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; there are {', '.join(sorted(known))}" if 0 < len(known) <= 12 else ""


def _ids(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return ids_of(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(_id(item) for item in value)
    raise SpecInvalid(f"{key} = {value!r} is not a list of rule ids")


def _choice(choices: type[Profile] | type[Severity]) -> Any:  # noqa: ANN401 - a reader of either
    def read(key: str, value: object) -> Profile | Severity:
        try:
            return choices(str(value))
        except ValueError:
            words = ", ".join(choices)
            raise SpecInvalid(f"{key} = {value!r} is none of {words}") from None

    return read


def _version(key: str, value: object) -> Version:
    if not isinstance(value, str):
        raise SpecInvalid(f'{key} = {value!r} is not a string; write it as "3.3"')
    return version_of(value)


def _per_file(key: str, value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise SpecInvalid(f"{key} is not a table of path to rule ids")
    return {str(path): _ids(f"{key}.{path}", ids) for path, ids in value.items()}


def _rule_options(key: str, value: object) -> dict[str, dict[str, Any]]:
    if not isinstance(value, dict) or not all(isinstance(options, dict) for options in value.values()):
        raise SpecInvalid(f"{key} is not a table of rule id to options, as [tool.dagaudit.rules.DGA408]")
    return {
        _id(rule_id): {name.replace("-", "_"): option for name, option in options.items()}
        for rule_id, options in value.items()
    }


def _overrides(key: str, value: object) -> tuple[Override, ...]:
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise SpecInvalid(f"{key} is not a list of tables; write [[tool.dagaudit.{key}]]")
    return tuple(_override(f"{key}[{number}]", table) for number, table in enumerate(value))


def _override(key: str, table: Mapping[str, Any]) -> Override:
    readers = {"paths": _texts, "tags": _texts, "select": _ids, "ignore": _ids, "severity": _severities}
    for name in table:
        if name not in readers:
            raise SpecInvalid(f"{key} has no key {name!r}{_closest(name, list(readers))}")
    if not table.get("paths") and not table.get("tags"):
        raise SpecInvalid(f"{key} names neither paths nor tags; say where it holds")
    given: dict[str, Any] = {name: readers[name](f"{key}.{name}", value) for name, value in table.items()}
    return Override(**given)


def _texts(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SpecInvalid(f"{key} = {value!r} is not a list of strings")
    return tuple(value)


def _severities(key: str, value: object) -> dict[str, Severity]:
    table = value if isinstance(value, dict) else {EVERY_RULE: value}
    read = _choice(Severity)
    return {_id(rule) if rule else rule: read(key, severity) for rule, severity in table.items()}


_READERS: dict[str, tuple[str, Any]] = {
    "select": ("select", _ids),
    "ignore": ("ignore", _ids),
    "profile": ("profile", _choice(Profile)),
    "target": ("target", _version),
    "target_version": ("target", _version),
    "min_severity": ("min_severity", _choice(Severity)),
    "fail_on": ("fail_on", _choice(Severity)),
    "per_file_ignores": ("per_file_ignores", _per_file),
    "overrides": ("overrides", _overrides),
    "rules": ("rule_options", _rule_options),
}
