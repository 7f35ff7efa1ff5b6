"""Which rules are applied, where, how severe they are, what they are told: as `[tool.dagaudit]` says it."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from dagaudit.spec.base import SpecModel, SpecRule

MAX_VALUES = 200
MAX_TEXT = 512
MAX_OPTIONS = 16


class SeverityFloor(StrEnum):
    """The least severity that is reported."""

    CRITICAL = "Critical"
    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"


class RuleProfile(StrEnum):
    """Which rules are on to begin with: precise defects, or the policies too."""

    DEFAULT = "Default"
    STRICT = "Strict"


RuleName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
Glob = Annotated[str, Field(min_length=1, max_length=256)]
Tag = Annotated[str, Field(min_length=1, max_length=100)]


class RuleOverride(SpecModel):
    """What differs for some paths, or for DAGs with some tags; where both are given, both must fit."""

    RULES = (
        SpecRule(
            cel="(has(self.paths) && size(self.paths) > 0) || (has(self.tags) && size(self.tags) > 0)",
            message="an override must name paths or tags; say where it holds",
            holds=lambda override: bool(override.paths or override.tags),
        ),
    )

    paths: tuple[Glob, ...] = Field(default=(), max_length=64, description="Globs; * crosses folders.")
    tags: tuple[Tag, ...] = Field(default=(), max_length=64, description="DAGs with any of these.")
    select: tuple[RuleName, ...] = Field(default=(), max_length=200, description="Rules that are on here.")
    ignore: tuple[RuleName, ...] = Field(default=(), max_length=200, description="Rules that are off here.")
    severity: dict[RuleName, SeverityFloor] = Field(
        default_factory=dict, max_length=200, description="What their findings weigh here."
    )


class RuleSelector(SpecModel):
    """Which rules are applied."""

    profile: RuleProfile = Field(default=RuleProfile.DEFAULT, description="Strict adds the policy rules.")
    include: tuple[RuleName, ...] = Field(
        default=(), max_length=200, description="Ids, names or prefixes as DGA3; empty: the profile's."
    )
    exclude: tuple[RuleName, ...] = Field(
        default=(), max_length=200, description="Ids, names or prefixes that are left out."
    )
    per_file_ignores: dict[Glob, Annotated[tuple[RuleName, ...], Field(max_length=200)]] = Field(
        default_factory=dict, max_length=64, description="Glob to the rules that are left out there."
    )
    overrides: tuple[RuleOverride, ...] = Field(
        default=(), max_length=32, description="By path or tag; a later one has the last word."
    )
    rules: dict[str, Any] = Field(
        default_factory=dict,
        max_length=64,
        description="Rule to its options, as DGA408: {max_tasks: 800}.",
        json_schema_extra={"x-kubernetes-preserve-unknown-fields": True},
    )

    @field_validator("rules")
    @classmethod
    def _options_are_plain(cls, rules: dict[str, Any]) -> dict[str, Any]:
        for rule, options in rules.items():
            if not isinstance(options, dict) or len(options) > MAX_OPTIONS:
                raise PydanticCustomError(
                    "rule_options",
                    "the options of {rule} must be a map of option to value",
                    {"rule": rule[:MAX_TEXT]},
                )
            for name, value in options.items():
                if not isinstance(name, str) or not _is_plain(value):
                    raise PydanticCustomError("rule_option", _PLAIN, {"option": f"{rule}.{name}"[:MAX_TEXT]})
        return rules


_PLAIN = (
    "the option {option} must be a number, true, false, a text of at most 512 characters, "
    "or a list of at most 200 texts"
)


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_TEXT
    if isinstance(value, list | tuple):
        return len(value) <= MAX_VALUES and all(isinstance(each, str) and _is_plain(each) for each in value)
    return isinstance(value, bool | int | float)
