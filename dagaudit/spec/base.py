"""What every part of the spec is made of: strict frozen models that carry their own rules."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

API_VERSION = "dagaudit.io/v1alpha1"
KIND = "DagAudit"


@dataclass(frozen=True, slots=True)
class SpecRule:
    """A rule over several fields, once for the API server (CEL) and once for us."""

    cel: str
    message: str
    holds: Callable[[Any], bool]


class SpecModel(BaseModel):
    """Written by people: unknown fields are refused, nothing is coerced, and every rule must hold."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        populate_by_name=True,
        allow_inf_nan=False,
        use_attribute_docstrings=False,
    )
    RULES: ClassVar[tuple[SpecRule, ...]] = ()

    @model_validator(mode="after")
    def _rules_hold(self) -> Self:
        for rule in self.RULES:
            if not rule.holds(self):
                raise PydanticCustomError("spec_rule", "{message}", {"message": rule.message})
        return self


def exactly_one(*names: str) -> SpecRule:
    """The rule of a union: one member and no other."""
    wire = [to_camel(name) for name in names]
    return SpecRule(
        cel=f"[{', '.join(f'has(self.{name})' for name in wire)}].filter(x, x).size() == 1",
        message=f"exactly one of {', '.join(wire)} must be given",
        holds=lambda model: sum(getattr(model, name) is not None for name in names) == 1,
    )


def unique(items: tuple[Any, ...]) -> bool:
    """Whether no item stands twice."""
    return len(set(items)) == len(items)


NAMED_LIST: dict[str, Any] = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
SET: dict[str, Any] = {"x-kubernetes-list-type": "set"}

# Names of other objects, as Kubernetes bounds them.
ObjectName = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")]
ListName = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
S3Uri = Annotated[
    str,
    Field(min_length=6, max_length=1024, pattern=r"^s3://[a-z0-9][a-z0-9._-]{1,61}[a-z0-9](/[^?]*)?$"),
]
Region = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[a-z0-9-]+$")]
RelativePath = Annotated[str, Field(max_length=512, pattern=r"^([^/].*)?$")]
Label = Annotated[str, Field(max_length=63)]
LabelKey = Annotated[str, Field(min_length=1, max_length=317)]
ServiceUrl = Annotated[
    str,
    Field(
        min_length=9,
        max_length=1024,
        # No @: a secret never stands in an address.
        pattern=r"^https?://[^/@?#]+(/[^@?#]*)?$",
    ),
]
IN_CLUSTER_HTTP = r"^http://[a-z0-9.-]+\.svc(\.cluster\.local)?(:[0-9]+)?(/.*)?$"


class SecretRef(SpecModel):
    """A key of a Secret in the audit's namespace."""

    name: ObjectName = Field(description="The Secret's name.")
    key: str | None = Field(
        default=None,
        min_length=1,
        max_length=253,
        pattern=r"^[-._a-zA-Z0-9]+$",
        description="The key in it; needed only where the Secret holds several.",
    )
