"""One form of a defect: which rule must find it, and how it is put into a clean file.

`code` in the builders below has a § on each line where the defect may be told; a `decoy` is what looks alike
and is right: it is put into the same place, and the rule must stay silent.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from analyzers.code_analyzer.planting.edits import MARK, Edit
from analyzers.code_analyzer.planting.host import Body, DagSpot, Host, keyword


@dataclass(frozen=True, slots=True)
class Planted:
    """Changes to one file, and files put beside it."""

    edits: tuple[Edit, ...]
    beside: tuple[tuple[str, str], ...] = ()
    """Path and text, with marks; only bundle rules need them."""


Plant = Callable[[Host], Iterator[Planted]]

# What is true of every task that is added without more: not retried, no timeout, no edges.
OF_BARE_TASKS = frozenset({"DGA110", "DGA301", "DGA304"})
OF_BARE_DAGS = frozenset(
    {"DGA110", "DGA301", "DGA304", "DGA305", "DGA310", "DGA612", "DGA701", "DGA703", "DGA704", "DGA707"}
)


@dataclass(frozen=True, slots=True)
class Form:
    """A way to plant a defect."""

    rule: str
    name: str
    plant: Plant
    also: frozenset[str] = frozenset()
    """Rules that rightly speak of what is planted, too."""
    decoy: Plant | None = None
    """Plants what looks alike and is right."""
    of_text: bool = False
    """The defect is in comments or in how a line is laid out: a twin must keep both."""
    options: dict[str, Any] = field(default_factory=dict, hash=False)
    """The rule's options, where it is silent without."""

    @property
    def key(self) -> str:
        """What names it."""
        return f"{self.rule}/{self.name}"


def module(rule: str, name: str, code: str, decoy: str | None = None, **more: Any) -> Form:  # noqa: ANN401
    """Statements at module level, after the imports."""
    return _of_code(rule, name, (code, decoy), lambda host: [host.module], more)


def in_task(rule: str, name: str, code: str, decoy: str | None = None, **more: Any) -> Form:  # noqa: ANN401
    """Statements at the start of a task's function."""
    return _of_code(rule, name, (code, decoy), lambda host: host.task_bodies, more)


def in_dag(rule: str, name: str, code: str, decoy: str | None = None, **more: Any) -> Form:  # noqa: ANN401
    """Statements at the end of a DAG's block: mostly one task more."""
    more["also"] = OF_BARE_TASKS | frozenset(more.get("also", ()))
    return _of_code(rule, name, (code, decoy), lambda host: [dag.body for dag in host.dags], more)


def at_end(rule: str, name: str, code: str, decoy: str | None = None, **more: Any) -> Form:  # noqa: ANN401
    """Statements after everything else: mostly one DAG more."""
    more["also"] = OF_BARE_DAGS | frozenset(more.get("also", ()))
    return _of_code(rule, name, (code, decoy), lambda host: [host.end], more)


def dag_given(
    rule: str,
    name: str,
    given: dict[str, str],
    decoy: dict[str, str] | None = None,
    *,
    where: Callable[[ast.Call], bool] = lambda _call: True,
    **more: Any,  # noqa: ANN401
) -> Form:
    """Arguments of a DAG, replaced or added."""

    def calls(host: Host) -> Iterable[ast.Call]:
        return (dag.call for dag in host.dags if where(dag.call))

    return _of_arguments(rule, name, (given, decoy), calls, more)


def task_given(
    rule: str,
    name: str,
    given: dict[str, str],
    decoy: dict[str, str] | None = None,
    *,
    where: Callable[[ast.Call], bool] = lambda _call: True,
    **more: Any,  # noqa: ANN401
) -> Form:
    """Arguments of an operator, replaced or added."""

    def calls(host: Host) -> Iterable[ast.Call]:
        return (call for call in host.operators if where(call))

    return _of_arguments(rule, name, (given, decoy), calls, more)


def dag_without(rule: str, name: str, argument: str, **more: Any) -> Form:  # noqa: ANN401
    """An argument of a DAG, taken away: from the call, or from its default_args."""

    def plant(host: Host) -> Iterator[Planted]:
        for dag in host.dags:
            edit = host.without(dag.call, argument) or _without_key(host, dag, argument)
            if edit is not None:
                yield Planted((edit, *marked(host, dag.call)))

    return _form(rule, name, plant, None, more)


def edited(rule: str, name: str, plant: Plant, decoy: Plant | None = None, **more: Any) -> Form:  # noqa: ANN401
    """Whatever else."""
    return _form(rule, name, plant, decoy, more)


def marked(host: Host, *calls: ast.Call) -> tuple[Edit, ...]:
    """Marks on the lines where calls begin."""
    return tuple(Edit(start, start, MARK) for start, _ in map(host.span, calls))


def has(*names: str) -> Callable[[ast.Call], bool]:
    """Whether a call has all of these arguments."""
    return lambda call: all(keyword(call, name) is not None for name in names)


def lacks(*names: str) -> Callable[[ast.Call], bool]:
    """Whether a call has none of these arguments, nor any by `**`."""
    return lambda call: not any(each.arg in (*names, None) for each in call.keywords)


def _form(rule: str, name: str, plant: Plant, decoy: Plant | None, more: dict[str, Any]) -> Form:
    also = frozenset(more.pop("also", ()))
    return Form(rule, name, plant, also, decoy, **more)


def _of_code(
    rule: str,
    name: str,
    codes: tuple[str, str | None],
    bodies: Callable[[Host], Iterable[Body]],
    more: dict[str, Any],
) -> Form:
    imports, top = more.pop("imports", ""), more.pop("top", "")

    def planter(code: str) -> Plant:
        def plant(host: Host) -> Iterator[Planted]:
            for body in bodies(host):
                edits = [host.added(host.imports, imports)] if imports else []
                edits += [host.added(host.module, top)] if top else []
                added = host.added(body, code)
                # Two insertions at one place: the later text goes into the earlier edit.
                same = next((each for each in edits if each.start == added.start), None)
                if same is not None:
                    edits[edits.index(same)] = Edit(same.start, same.end, same.text + added.text)
                else:
                    edits.append(added)
                yield Planted(tuple(edits))

        return plant

    code, decoy = codes
    return _form(rule, name, planter(code), None if decoy is None else planter(decoy), more)


def _of_arguments(
    rule: str,
    name: str,
    givens: tuple[dict[str, str], dict[str, str] | None],
    calls: Callable[[Host], Iterable[ast.Call]],
    more: dict[str, Any],
) -> Form:
    imports = more.pop("imports", "")

    def planter(given: dict[str, str], mark: str) -> Plant:
        def plant(host: Host) -> Iterator[Planted]:
            for call in calls(host):
                replaced = {name: value for name, value in given.items() if keyword(call, name) is not None}
                added = [f"{name}={value}{mark}" for name, value in given.items() if name not in replaced]
                edits = [host.given(call, name, value + mark) for name, value in replaced.items()]
                if added:
                    first, *rest = (each.partition("=") for each in added)
                    more_text = "".join(f",\n{each[0]}={each[2]}" for each in rest)
                    edits.append(host.given(call, first[0], first[2] + more_text))
                head = [host.added(host.imports, imports)] if imports else []
                yield Planted((*head, *edits, *(marked(host, call) if mark else ())))

        return plant

    given, decoy = givens
    silent = None if decoy is None else planter(decoy, "")
    return _form(rule, name, planter(given, MARK), silent, more)


def _without_key(host: Host, dag: DagSpot, name: str) -> Edit | None:
    """A key less in the dict that is given as default_args, or that a name stands for."""
    given = keyword(dag.call, "default_args")
    if isinstance(given, ast.Name):
        given = next(
            (
                node.value
                for node in host.tree.body
                if isinstance(node, ast.Assign)
                and any(isinstance(target, ast.Name) and target.id == given.id for target in node.targets)
            ),
            None,
        )
    if not isinstance(given, ast.Dict) or len(given.keys) < 2:
        return None
    for key, value in zip(given.keys, given.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == name:
            start, end = host.span(key)[0], host.span(value)[1]
            return Edit(start, host.after_comma(end), "")
    return None
