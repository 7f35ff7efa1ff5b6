"""Texts: f-strings, `%`, and joining what is known with what is not."""

import ast
import re
from typing import TYPE_CHECKING, Any

from analyzers.code_analyzer.interpreter import enums
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.interpreter.paths import path_text
from analyzers.code_analyzer.values import Const, Made, Mapping, Sequence, Text, Value

if TYPE_CHECKING:
    from analyzers.code_analyzer.parsed_file import ParsedFile

MAX_TEXT = 1_000_000


def formatted(value: Value, spec: str, conversion: int) -> str | Value:
    """A value inside an f-string: text where it is known, else the value."""
    if (text := enums.shown(value)) is not None and conversion not in (ord("r"), ord("a")):
        value = text
    if isinstance(value, Made) and not spec and (path := path_text(value)) is not None:
        return path
    if isinstance(value, Const):
        shown: Any = value.plain()
        if conversion in (ord("r"), ord("a")) or isinstance(shown, bytes):
            shown = repr(shown)
        if too_wide(spec):
            return value
        try:
            return format(shown, spec)
        except (TypeError, ValueError):
            return value
    if value.known and not spec and isinstance(value, Sequence | Mapping):
        return str(value.plain())
    return value


def too_wide(spec: str) -> bool:
    """Whether a format asks for more than a few thousand characters: the text would be huge."""
    return re.search(r"\d{5,}", spec) is not None


def text_of(parts: list[str | Value], node: ast.AST, file: "ParsedFile") -> Value:
    """A string from parts; known where all of them are."""
    joined: list[str | Value] = []
    for part in parts:
        if isinstance(part, Text):
            for inner in part.parts:
                _push(joined, inner)
        else:
            _push(joined, part)
    if all(isinstance(part, str) for part in joined):
        return Const("".join(str(part) for part in joined)[:MAX_TEXT], node=node, file=file)
    return Text(tuple(joined), node=node, file=file)


def _push(joined: list[str | Value], part: str | Value) -> None:
    if isinstance(part, str) and joined and isinstance(joined[-1], str):
        joined[-1] += part
    else:
        joined.append(part)


def percent(scope: Scope, node: ast.AST, pattern: str, right: Value) -> Value:
    if isinstance(right, Sequence):
        shown = [text if (text := enums.shown(item)) is not None else item for item in right.items]
        right = Sequence(shown, right.kind, right.open, node=right.node, file=right.file)
    elif (text := enums.shown(right)) is not None:
        right = text
    if right.known and not too_wide(pattern):
        try:
            return Const(pattern % right.plain(), node=node, file=scope.file)
        except (TypeError, ValueError, KeyError) as error:
            raise Raised(node, str(error), type(error).__name__) from None
    pieces = pattern.split("%s")
    values = right.items if isinstance(right, Sequence) else [right]
    if len(pieces) != len(values) + 1 or any("%" in piece.replace("%%", "") for piece in pieces):
        return unknown(scope, node, right.reason or "its values are not known")
    parts: list[str | Value] = [pieces[0].replace("%%", "%")]
    for value, piece in zip(values, pieces[1:], strict=True):
        parts += [formatted(value, "", -1), piece.replace("%%", "%")]
    return text_of(parts, node, scope.file)


def is_textual(value: Value) -> bool:
    return isinstance(value, Text) or (isinstance(value, Const) and isinstance(value.value, str))


def parts_of(value: Value) -> list[str | Value]:
    if isinstance(value, Text):
        return list(value.parts)
    if isinstance(value, Const) and isinstance(value.value, str):
        return [value.value]
    return [value]
