"""The rules that a DagAudit asks for, laid over those of `[tool.dagaudit]`."""

from dataclasses import replace
from typing import Any

from analyzers.code_analyzer.options import CodeOptions, options_from
from dagaudit.spec.rule_choice import RuleOverride, RuleSelector


def with_rules(base: CodeOptions, selector: RuleSelector) -> CodeOptions:
    """The options with the selector's overrides, ignores by path and options of rules.

    Raises:
        SpecInvalid: an option of a rule has the wrong shape.
    """
    table = {
        "per_file_ignores": {glob: list(rules) for glob, rules in selector.per_file_ignores.items()},
        "overrides": [_table(override) for override in selector.overrides],
        "rules": selector.rules,
    }
    given = options_from(table)
    return replace(
        base,
        per_file_ignores={**base.per_file_ignores, **given.per_file_ignores},
        # The audit's come last: a later one has the last word.
        overrides=(*base.overrides, *given.overrides),
        rule_options={
            rule: {**base.rule_options.get(rule, {}), **given.rule_options.get(rule, {})}
            for rule in {*base.rule_options, *given.rule_options}
        },
    )


def _table(override: RuleOverride) -> dict[str, Any]:
    """As pyproject.toml would have it; what is not given is left out."""
    table = {
        "paths": list(override.paths),
        "tags": list(override.tags),
        "select": list(override.select),
        "ignore": list(override.ignore),
        "severity": {rule: severity.value.lower() for rule, severity in override.severity.items()},
    }
    return {key: value for key, value in table.items() if value}
