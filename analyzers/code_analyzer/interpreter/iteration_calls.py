"""itertools and operator: what loops over configuration are made of."""

import ast
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from analyzers.code_analyzer.interpreter import containers, operations
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.objects import Scope
from analyzers.code_analyzer.interpreter.truth import truth
from analyzers.code_analyzer.values import Const, Sequence, Value

Handler = Callable[[Scope, ast.Call, Arguments], Value | None]


@dataclass(slots=True, eq=False)
class Endless(Value):
    """`itertools.count()`, `cycle()`, `repeat()`: as many items as are asked for."""

    source: Iterator[Value]

    def take(self, number: int) -> list[Value]:
        """The next items."""
        return list(itertools.islice(self.source, number))


@dataclass(slots=True, eq=False)
class Getter(Value):
    """`operator.itemgetter("a")`, `attrgetter("b")`, `methodcaller("c")`."""

    kind: str
    keys: tuple[Value, ...]


def _columns(given: Arguments) -> list[list[Value]] | None:
    """The items of every argument; None where one is not wholly known."""
    found = [containers.items_of(value) for value in given.args]
    if given.spread or any(items is None or why for items, why in found):
        return None
    return [items or [] for items, _ in found]


def _tuples(scope: Scope, node: ast.Call, rows: Iterable[Iterable[Value]]) -> Value | None:
    found: list[Value] = []
    for row in rows:
        scope.machine.step()
        if len(found) > scope.machine.budget.items:
            return None
        found.append(Sequence(list(row), tuple, node=node, file=scope.file))
    return Sequence(found, list, node=node, file=scope.file)


def _combined(function: Callable[..., Iterable[tuple[Value, ...]]]) -> Handler:
    def make(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
        columns = _columns(given) if len(given.args) == 1 else _columns(_first(given))
        size = given.args[1].plain() if len(given.args) > 1 else given.kwargs.get("r", Const(None)).plain()
        if not columns or not (
            isinstance(size, int) or (size is None and function is itertools.permutations)
        ):
            return None
        return _tuples(scope, node, function(columns[0], size))

    return make


def _first(given: Arguments) -> Arguments:
    first = Arguments()
    first.args = given.args[:1]
    return first


def _product(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    columns = _columns(given)
    repeat = given.kwargs["repeat"].plain() if "repeat" in given.kwargs else 1
    if not columns or not isinstance(repeat, int) or not 0 < repeat < 6:
        return None
    return _tuples(scope, node, itertools.product(*columns, repeat=repeat))


def _chain(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    columns = _columns(given)
    if columns is None:
        return None
    return Sequence([item for items in columns for item in items], list, node=node, file=scope.file)


def _chain_from(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    columns = _columns(given)
    inner = Arguments()
    inner.args = columns[0] if columns else []
    return _chain(scope, node, inner) if columns is not None else None


def _pairwise(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    columns = _columns(given)
    return _tuples(scope, node, itertools.pairwise(columns[0])) if columns else None


def _batched(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    columns = _columns(_first(given))
    size = given.args[1].plain() if len(given.args) > 1 else None
    if not columns or not isinstance(size, int) or size < 1:
        return None
    items = columns[0]
    return _tuples(scope, node, (items[at : at + size] for at in range(0, len(items), size)))


def _zip_longest(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    columns = _columns(given)
    if columns is None:
        return None
    fill = given.kwargs.get("fillvalue") or Const(None, node=node, file=scope.file)
    return _tuples(scope, node, itertools.zip_longest(*columns, fillvalue=fill))


def _islice(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    bounds = [value.plain() for value in given.args[1:]]
    if not bounds or not all(bound is None or (isinstance(bound, int) and bound >= 0) for bound in bounds):
        return None
    source = given.args[0]
    if isinstance(source, Endless):
        stop = bounds[0] if len(bounds) == 1 else bounds[1]
        if stop is None or stop > scope.machine.budget.items:
            return None
        items = source.take(stop)
    else:
        found, why = containers.items_of(source)
        if found is None or why:
            return None
        items = found
    return Sequence(list(itertools.islice(items, *bounds)), list, node=node, file=scope.file)


def _count(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    values = [*given.args, *given.kwargs.values()]
    plain: list[Any] = [value.plain() for value in values]
    if not all(isinstance(one, int | float) for one in plain):
        return None
    named = {key: value.plain() for key, value in given.kwargs.items()}
    numbers = itertools.count(*[value.plain() for value in given.args], **named)
    return Endless((Const(n, node=node, file=scope.file) for n in numbers), node=node, file=scope.file)


def _cycle(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    columns = _columns(given)
    return (
        Endless(itertools.cycle(columns[0]), node=node, file=scope.file) if columns and columns[0] else None
    )


def _repeat(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    if len(given.args) == 1 and not given.kwargs:
        return Endless(itertools.repeat(given.args[0]), node=node, file=scope.file)
    times = given.args[1].plain() if len(given.args) > 1 else None
    if not isinstance(times, int) or times > scope.machine.budget.items:
        return None
    return Sequence([given.args[0]] * times, list, node=node, file=scope.file)


def _applied(scope: Scope, node: ast.Call, function: Value, *args: Value) -> Value:
    from analyzers.code_analyzer.interpreter.calls import call_value

    given = Arguments()
    given.args = list(args)
    scope.machine.step()
    return call_value(scope, node, function, given)


def _starmap(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    rows, why = containers.items_of(given.args[1]) if len(given.args) == 2 else (None, None)
    if rows is None or why:
        return None
    results: list[Value] = []
    for row in rows:
        items, unsure = containers.items_of(row)
        if items is None or unsure:
            return None
        results.append(_applied(scope, node, given.args[0], *items))
    return Sequence(results, list, node=node, file=scope.file)


def _group_by(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    columns = _columns(_first(given))
    key = given.kwargs.get("key") or (given.args[1] if len(given.args) > 1 else None)
    if not columns:
        return None
    keys = [_applied(scope, node, key, item) if key is not None else item for item in columns[0]]
    if not all(one.known for one in keys):
        return None
    groups: list[Value] = []
    last: Sequence | None = None
    for position, (found, item) in enumerate(zip(keys, columns[0], strict=True)):
        if last is None or found.plain() != keys[position - 1].plain():
            last = Sequence([], list, node=node, file=scope.file)
            groups.append(Sequence([found, last], tuple, node=node, file=scope.file))
        last.items.append(item)
    return Sequence(groups, list, node=node, file=scope.file)


def _accumulate(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    columns = _columns(_first(given))
    function = given.args[1] if len(given.args) > 1 else given.kwargs.get("func")
    if not columns:
        return None
    start = given.kwargs.get("initial")
    results = [start] if start is not None else []
    addition = ast.copy_location(ast.BinOp(left=node, op=ast.Add(), right=node), node)
    for item in columns[0]:
        if not results:
            results.append(item)
        elif function is not None:
            results.append(_applied(scope, node, function, results[-1], item))
        else:
            results.append(operations.binary(scope, addition, results[-1], item))
    return Sequence(list(results), list, node=node, file=scope.file)


def _while(wanted: bool) -> Handler:
    def make(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
        items, why = containers.items_of(given.args[1]) if len(given.args) == 2 else (None, None)
        if items is None or why:
            return None
        for position, item in enumerate(items):
            known = truth(_applied(scope, node, given.args[0], item))
            if known is None:
                return None
            if not known:
                rest = items[:position] if wanted else items[position:]
                return Sequence(rest, list, node=node, file=scope.file)
        return Sequence(items if wanted else [], list, node=node, file=scope.file)

    return make


def _getter(kind: str) -> Handler:
    def make(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
        if not given.args or not all(isinstance(value, Const) for value in given.args):
            return None
        return Getter(kind, tuple(given.args), node=node, file=scope.file)

    return make


def call_getter(scope: Scope, node: ast.Call, getter: Getter, given: Arguments) -> Value:
    """`itemgetter("a")(row)`."""
    from analyzers.code_analyzer.interpreter.attributes import attribute
    from analyzers.code_analyzer.interpreter.calls import call_value

    subject = given.args[0] if given.args else Const(None, node=node, file=scope.file)
    subscript = ast.copy_location(ast.Subscript(value=node, slice=node, ctx=ast.Load()), node)
    found: list[Value] = []
    for key in getter.keys:
        if getter.kind == "item":
            found.append(containers.item(scope, subscript, subject, key))
            continue
        value = subject
        for name in str(key.plain()).split("."):
            value = attribute(scope, node, value, name)
        found.append(value)
    if getter.kind == "method":
        return call_value(scope, node, found[0], Arguments())
    return found[0] if len(found) == 1 else Sequence(found, tuple, node=node, file=scope.file)


HANDLERS: dict[str, Handler] = {
    "itertools.product": _product,
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": _chain_from,
    "itertools.pairwise": _pairwise,
    "itertools.batched": _batched,
    "itertools.zip_longest": _zip_longest,
    "itertools.islice": _islice,
    "itertools.count": _count,
    "itertools.cycle": _cycle,
    "itertools.repeat": _repeat,
    "itertools.starmap": _starmap,
    "itertools.groupby": _group_by,
    "itertools.accumulate": _accumulate,
    "itertools.combinations": _combined(itertools.combinations),
    "itertools.combinations_with_replacement": _combined(itertools.combinations_with_replacement),
    "itertools.permutations": _combined(itertools.permutations),
    "itertools.takewhile": _while(True),
    "itertools.dropwhile": _while(False),
    "operator.itemgetter": _getter("item"),
    "operator.attrgetter": _getter("attribute"),
    "operator.methodcaller": _getter("method"),
}
