"""Overrides: other rules and severities for some paths, or for DAGs with some tags.

[[tool.dagaudit.overrides]]
paths = ["legacy/*"]
ignore = ["DGA6"]

[[tool.dagaudit.overrides]]
tags = ["finance"]
select = ["no-retries"]
severity = { no-retries = "high" }
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch

from analyzers.code_analyzer.findings import Draft
from dagaudit.finding import Severity

EVERY_RULE = ""


@dataclass(frozen=True, slots=True)
class Override:
    """What holds in some places; where paths and tags are given, both must fit."""

    paths: tuple[str, ...] = ()
    """Globs of paths relative to the bundle; `*` crosses folders."""
    tags: tuple[str, ...] = ()
    """A DAG with any of these tags; what belongs to no DAG has none."""
    select: tuple[str, ...] = ()
    """Rules that are on here, besides those that are on everywhere."""
    ignore: tuple[str, ...] = ()
    """Rules that are off here; stronger than `select`."""
    severity: Mapping[str, Severity] = field(default_factory=dict)
    """Id, prefix or name to the severity that its findings have here."""

    def holds(self, path: str, tags: Collection[str]) -> bool:
        """Whether a finding in this file, of a DAG with these tags, is meant."""
        if self.paths and not any(fnmatch(path, glob) for glob in self.paths):
            return False
        return not self.tags or any(tag in tags for tag in self.tags)

    @property
    def keys(self) -> tuple[str, ...]:
        """All rules that it names."""
        return (*self.select, *self.ignore, *(key for key in self.severity if key != EVERY_RULE))


def weighed(
    each: Draft, overrides: Iterable[Override], everywhere: Collection[str], tags: Collection[str]
) -> Draft | None:
    """The finding as the overrides want it, a later one having the last word; None where its rule is off."""
    on, severity = each.rule in everywhere, each.severity
    for override in overrides:
        if not override.holds(each.path, tags):
            continue
        if named(each.rule, each.name, override.ignore):
            on = False
        elif named(each.rule, each.name, override.select):
            on = True
        fitting = [key for key in override.severity if named(each.rule, each.name, (key,))]
        if fitting:
            # The most exact key decides: a name or a whole id before a prefix, a prefix before all rules.
            severity = override.severity[max(fitting, key=lambda key: (key == each.name, len(key)))]
    if not on:
        return None
    return each if severity is each.severity else replace(each, severity=severity)


def named(rule_id: str, name: str, keys: Iterable[str]) -> bool:
    """Whether one of the keys is the rule's name, id or a prefix of its id."""
    return any(key == name or rule_id.startswith(key) for key in keys)
