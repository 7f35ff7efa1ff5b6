"""Members of enum classes that the bundle defines: each is one object."""

from analyzers.code_analyzer.interpreter.objects import ClassValue, Instance
from analyzers.code_analyzer.values import Const, Function, Symbol, Value

_PLAIN = {"str", "int", "enum.StrEnum", "enum.IntEnum"}


def is_member(value: Value) -> bool:
    """Whether it is a member of an enum."""
    return isinstance(value, Instance) and value.cls.is_enum


def member_names(cls: ClassValue) -> list[str]:
    """In the order of their definition."""
    return [
        name
        for name, value in cls.scope.variables.items()
        if not name.startswith("_") and not isinstance(value, Function)
    ]


def member(cls: ClassValue, name: str) -> Value:
    """`Kind.FULL`; of an enum that is also a str or int, the plain value."""
    found = cls.scope.variables[name]
    if any(isinstance(base, Symbol) and base.name in _PLAIN for base in cls.bases):
        return found
    if name not in cls.members:
        shown = Const(name, node=found.node, file=found.file)
        cls.members[name] = Instance(cls, {"value": found, "name": shown}, node=found.node, file=found.file)
    return cls.members[name]
