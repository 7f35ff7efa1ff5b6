"""Members of enum classes that the bundle defines: each is one object."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analyzers.code_analyzer.interpreter.objects import ClassValue, Instance
from analyzers.code_analyzer.values import Const, Function, Made, Symbol, Value

if TYPE_CHECKING:
    from analyzers.code_analyzer.interpreter.objects import Scope

_MIXED = {"str": str, "int": int}
_SHOWN_BY_VALUE = {"enum.StrEnum": str, "enum.IntEnum": int, "enum.IntFlag": int}


@dataclass(slots=True, eq=False)
class EnumConst(Const):
    """A member of an enum that is also a str or an int."""

    cls: ClassValue
    member: str
    text: Value | None = None
    """What `str()` and f-strings show, where that is not the value; since Python 3.11 it is `Layer.RAW`."""


def is_member(value: Value) -> bool:
    """Whether it is a member of an enum."""
    return isinstance(value, EnumConst) or (isinstance(value, Instance) and value.cls.is_enum)


def member_names(cls: ClassValue) -> list[str]:
    """In the order of their definition."""
    return [
        name
        for name, value in cls.scope.variables.items()
        if not name.startswith("_") and not isinstance(value, Function)
    ]


def member(cls: ClassValue, name: str) -> Value:
    """`Kind.FULL`; of an enum that is also a str or int, a constant."""
    if name not in cls.members:
        found = _value_of(cls, name)
        bases = _base_names(cls)
        mixed = bases & {*_MIXED, *_SHOWN_BY_VALUE}
        if mixed and isinstance(found, Const):
            made = EnumConst(found.value, cls, name, node=found.node, file=found.file)
            cls.members[name] = made
            made.text = _text(cls, made, name, by_value=bool(mixed & _SHOWN_BY_VALUE.keys()))
        elif mixed:
            cls.members[name] = found
        else:
            shown = Const(name, node=found.node, file=found.file)
            attributes = {"value": found, "name": shown}
            cls.members[name] = Instance(cls, attributes, node=found.node, file=found.file)
    return cls.members[name]


def _base_names(cls: ClassValue) -> set[str]:
    found = {base.name for base in cls.bases if isinstance(base, Symbol)}
    return found.union(*[_base_names(base) for base in cls.bases if isinstance(base, ClassValue)])


def _value_of(cls: ClassValue, name: str) -> Value:
    found = cls.scope.variables[name]
    if not isinstance(found, Made) or found.callee != "enum.auto" or cls.find("_generate_next_value_"):
        return found
    if "enum.StrEnum" in _base_names(cls):
        return Const(name.lower(), node=found.node, file=found.file)
    names = member_names(cls)
    earlier = [_value_of(cls, other).plain() for other in names[: names.index(name)]]
    numbers = [number for number in earlier if isinstance(number, int)]
    if "enum.Flag" in _base_names(cls) or "enum.IntFlag" in _base_names(cls):
        return found
    return Const(max(numbers) + 1 if numbers else 1, node=found.node, file=found.file)


def _text(cls: ClassValue, made: EnumConst, name: str, *, by_value: bool) -> Value | None:
    own = cls.find("__str__")
    if isinstance(own, Function) and made.node is not None:
        return _called(cls.scope, made, own)
    if cls.find("__format__") is not None:
        return Made(f"{cls.name}.__format__", node=made.node, file=made.file)
    return None if by_value else Const(f"{cls.name}.{name}", node=made.node, file=made.file)


def _called(scope: "Scope", made: EnumConst, function: Function) -> Value:
    from analyzers.code_analyzer.interpreter.classes import call_bound
    from analyzers.code_analyzer.interpreter.functions import Arguments

    assert made.node is not None
    return call_bound(scope, made.node, made, function, Arguments())


def by_value(cls: ClassValue, value: Value) -> Value | None:
    """`Kind("full")`; None where no member certainly has it."""
    if not value.known:
        return None
    for name in member_names(cls):
        if name in cls.members and cls.members[name] is value:
            return value
        found = _value_of(cls, name)
        if found.known and found.plain() == value.plain():
            return member(cls, name)
    return None


def shown(value: Value) -> Any:  # noqa: ANN401 - a text, or a value
    """What a member of an enum looks like in a text; None for every other value."""
    if isinstance(value, EnumConst):
        return value.text
    if isinstance(value, Instance) and value.cls.is_enum:
        if value.cls.find("__str__") or value.cls.find("__format__"):
            return None
        return Const(f"{value.cls.name}.{value.attributes['name'].plain()}", node=value.node, file=value.file)
    return None
