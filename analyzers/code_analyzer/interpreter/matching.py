"""`match`: a known subject against patterns; where one is not decided, all from there on may be taken."""

import ast

from analyzers.code_analyzer.interpreter import comparison
from analyzers.code_analyzer.interpreter.attributes import attribute
from analyzers.code_analyzer.interpreter.joining import NEXT, join_arms
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import ClassValue, Instance, Scope
from analyzers.code_analyzer.interpreter.truth import truth
from analyzers.code_analyzer.values import Const, Mapping, Sequence, Symbol, Value

Bindings = dict[str, Value]
_PLAIN = {"str": str, "int": int, "float": float, "bool": bool, "list": list, "tuple": tuple, "dict": dict}


def match_statement(scope: Scope, node: ast.Match) -> int:
    """The first case that certainly matches; all that may where one is not decided."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate
    from analyzers.code_analyzer.interpreter.statements import run

    subject = evaluate(scope, node.subject)
    for position, case in enumerate(node.cases):
        scope.machine.step()
        bindings: Bindings = {}
        matched = matches(scope, case.pattern, subject, bindings)
        if matched:
            scope.variables.update(bindings)
            matched = truth(evaluate(scope, case.guard)) if case.guard is not None else True
        if matched:
            return run(scope, case.body)
        if matched is None:
            return _undecided(scope, node, node.cases[position:])
    return NEXT


def _undecided(scope: Scope, node: ast.Match, cases: list[ast.match_case]) -> int:
    for case in cases:
        for name in _captured(case.pattern):
            because = f"which case at line {node.lineno} matches is not known"
            scope.assign(name, unknown(scope, case.pattern, because))
    arms = [case.body for case in cases]
    if not _always(cases[-1]):
        arms.append([])
    return join_arms(scope, node, arms, f"if a case at line {node.lineno} matches")


def _always(case: ast.match_case) -> bool:
    return isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None


def _captured(pattern: ast.pattern) -> list[str]:
    found = []
    for part in ast.walk(pattern):
        name = getattr(part, "name", None) or getattr(part, "rest", None)
        if isinstance(name, str):
            found.append(name)
    return found


def matches(scope: Scope, pattern: ast.pattern, value: Value, bindings: Bindings) -> bool | None:
    """Whether a pattern matches; what it captures is put into `bindings`. None where it is not known."""
    from analyzers.code_analyzer.interpreter.expressions import evaluate

    match pattern:
        case ast.MatchValue():
            return comparison.compare(ast.Eq(), value, evaluate(scope, pattern.value))
        case ast.MatchSingleton():
            return value.value is pattern.value if isinstance(value, Const) else None
        case ast.MatchAs():
            return _as(scope, pattern, value, bindings)
        case ast.MatchOr():
            verdicts = [matches(scope, part, value, bindings) for part in pattern.patterns]
            return True if True in verdicts else None if None in verdicts else False
        case ast.MatchSequence():
            return _sequence(scope, pattern, value, bindings)
        case ast.MatchMapping():
            return _mapping(scope, pattern, value, bindings)
        case ast.MatchClass():
            return _class(scope, pattern, value, bindings)
    return None


def _as(scope: Scope, pattern: ast.MatchAs, value: Value, bindings: Bindings) -> bool | None:
    matched = True if pattern.pattern is None else matches(scope, pattern.pattern, value, bindings)
    if matched and pattern.name is not None:
        bindings[pattern.name] = value
    return matched


def _all(verdicts: list[bool | None]) -> bool | None:
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _sequence(scope: Scope, pattern: ast.MatchSequence, value: Value, bindings: Bindings) -> bool | None:
    if isinstance(value, Instance) and value.cls.is_named_tuple:
        value = Sequence(list(value.attributes.values()), tuple)
    if not isinstance(value, Sequence):
        return False if isinstance(value, Const | Mapping | Instance) else None
    if value.open is not None:
        return None
    if value.kind in (set, frozenset):
        return False
    parts = pattern.patterns
    star = next((at for at, part in enumerate(parts) if isinstance(part, ast.MatchStar)), None)
    items = value.items
    if star is None:
        if len(items) != len(parts):
            return False
        return _all([matches(scope, part, item, bindings) for part, item in zip(parts, items, strict=True)])
    after = len(parts) - star - 1
    if len(items) < star + after:
        return False
    starred = parts[star]
    if isinstance(starred, ast.MatchStar) and starred.name is not None:
        middle = items[star : len(items) - after]
        bindings[starred.name] = Sequence(middle, list, node=pattern, file=scope.file)
    pairs = [*zip(parts[:star], items, strict=False)]
    if after:
        pairs += zip(parts[-after:], items[-after:], strict=True)
    return _all([matches(scope, part, item, bindings) for part, item in pairs])


def _mapping(scope: Scope, pattern: ast.MatchMapping, value: Value, bindings: Bindings) -> bool | None:
    from analyzers.code_analyzer.interpreter.containers import NO_KEY, hashable
    from analyzers.code_analyzer.interpreter.expressions import evaluate

    if not isinstance(value, Mapping):
        return False if isinstance(value, Const | Sequence | Instance) else None
    keys = [hashable(evaluate(scope, key)) for key in pattern.keys]
    if value.open is not None or NO_KEY in keys:
        return None
    if any(key not in value.items for key in keys):
        return False
    if pattern.rest is not None:
        rest = {key: item for key, item in value.items.items() if key not in keys}
        bindings[pattern.rest] = Mapping(rest, {}, node=pattern, file=scope.file)
    pairs = zip(pattern.patterns, keys, strict=True)
    return _all([matches(scope, part, value.items[key], bindings) for part, key in pairs])


def _class(scope: Scope, pattern: ast.MatchClass, value: Value, bindings: Bindings) -> bool | None:
    from analyzers.code_analyzer.interpreter.expressions import evaluate

    wanted = evaluate(scope, pattern.cls)
    if isinstance(wanted, Symbol):
        return _plain_class(scope, pattern, wanted.name, value, bindings)
    if not isinstance(wanted, ClassValue) or not isinstance(value, Instance):
        known = isinstance(wanted, ClassValue) and isinstance(value, Const | Sequence | Mapping)
        return False if known else None
    if not wanted.is_base_of(value.cls):
        return False
    names = _positional(wanted)
    if names is None or len(pattern.patterns) > len(names):
        return None if pattern.patterns else True
    pairs = [
        *zip(names, pattern.patterns, strict=False),
        *zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True),
    ]
    return _all(
        [
            matches(scope, part, attribute(scope, pattern, value, name), bindings)
            if name in value.attributes or value.cls.find(name) is not None
            else False
            for name, part in pairs
        ]
    )


def _positional(cls: ClassValue) -> list[str] | None:
    declared = cls.find("__match_args__")
    if declared is not None:
        return [str(name) for name in declared.plain()] if declared.known else None
    return list(cls.fields or {})


def _plain_class(
    scope: Scope, pattern: ast.MatchClass, name: str, value: Value, bindings: Bindings
) -> bool | None:
    kind = _PLAIN.get(name)
    if kind is None or pattern.kwd_attrs or len(pattern.patterns) > 1:
        return None
    if isinstance(value, Const):
        fits = isinstance(value.value, kind)
    elif isinstance(value, Sequence | Mapping):
        fits = issubclass(value.kind if isinstance(value, Sequence) else dict, kind)
    else:
        return None
    if not fits or not pattern.patterns:
        return fits
    return matches(scope, pattern.patterns[0], value, bindings)
