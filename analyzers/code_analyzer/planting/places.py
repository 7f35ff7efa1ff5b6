"""The places that forms name, and how code or arguments get there."""

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any

from analyzers.code_analyzer.planting.edits import MARK, Edit, unmarked
from analyzers.code_analyzer.planting.form import Form, Plant, Planted
from analyzers.code_analyzer.planting.host import Body, DagSpot, Host, called, keyword

# What is true of every task, and of every DAG, that is added without more.
OF_BARE_TASKS = frozenset({"DGA110", "DGA301", "DGA304", "DGA310", "DGA708", "DGA712"})
OF_BARE_DAGS = OF_BARE_TASKS | {
    "DGA205", "DGA305", "DGA612", "DGA701", "DGA703", "DGA704", "DGA707", "DGA713"
}  # fmt: skip
ALSO = {
    # Without a schedule there is no logical date.
    "dag-without": frozenset({"DGA218"}),
    # A DAG that gets a schedule should have a limit and somebody who is told; its assets lose their reader.
    "dag-argument": frozenset({"DGA215", "DGA305", "DGA310"}),
    "dag": OF_BARE_TASKS,
    "end": OF_BARE_DAGS,
    "beside": OF_BARE_DAGS,
}
_TEAM = re.compile(
    r"(?<![\w.])(connect|features|fetch_\w+|log_run|model_path_of_today|parse|prices(?!\.)|read_stock"
    r"|stock_is_there|sync_stock|write_stock)\b(?=[(,)])"
)
_KNOWN = {"also", "imports", "top", "bad", "good", "needs", "lacks", "calls", "options", "text", "at"}


def form_of(rule: str, name: str, place: str, keys: dict[str, Any]) -> Form:
    """The form that a text describes.

    Raises:
        ValueError: the place or a key is unknown.
    """
    unknown = {key for key in keys if not key.startswith("beside")} - _KNOWN
    if unknown or place not in (*_BODIES, *_CALLS, "beside", "dag-without"):
        raise ValueError(f"{rule} {name}: {place} or {', '.join(unknown)} is unknown")
    also = frozenset(keys.get("also", "").replace(",", " ").split()) | ALSO.get(place, frozenset())
    made: dict[str, Any] = {"also": also, "of_text": "text" in keys, "options": keys.get("options", {})}
    if place == "dag-without":
        return Form(rule, name, _without(keys["bad"]), **made)
    planter = _arguments if place in _CALLS else _code
    bad = planter(place, keys, keys.get("bad", ""), MARK)
    good = planter(place, keys, keys["good"], "") if "good" in keys else None
    return Form(rule, name, bad, decoy=good, **made)


_BODIES: dict[str, Callable[[Host], list[tuple[Body, DagSpot | None]]]] = {
    "module": lambda host: [(host.module, None)],
    "task": lambda host: [(body, None) for body in host.task_bodies],
    "dag": lambda host: [(dag.body, dag) for dag in host.dags],
    "end": lambda host: [(host.end, None)],
    "beside": lambda host: [(host.end, None)],
}
_CALLS: dict[str, Callable[[Host], list[ast.Call]]] = {
    "dag-argument": lambda host: [dag.call for dag in host.dags],
    "task-argument": lambda host: list(host.operators),
}


def _code(place: str, keys: dict[str, Any], code: str, mark: str) -> Plant:
    """Planted code calls what a team has in modules of its own; they are imported, and not there."""
    # An import that is marked is the defect; of other code, the marks alone are left out.
    imports = keys.get("imports", "") if mark or MARK not in keys.get("imports", "") else ""
    imports = "\n".join(filter(None, (imports, _of_the_team(code))))
    top = keys.get("top", "") if mark else unmarked(keys.get("top", ""))[0]

    def plant(host: Host) -> Iterator[Planted]:
        ids = {"HOST_DAG": next(iter(dag_ids(host)), ""), "HOST_MODULE": host.path.removesuffix(".py")}
        for body, dag in _BODIES[place](host):
            edits = [host.added(host.imports, imports)] if imports else []
            edits += [host.added(host.module, top)] if top else []
            edits += [host.added(body, _filled(code, ids))] if code else []
            if dag is not None and keys.get("at") == "dag" and mark:
                edits += marked(host, dag.call)
            beside = [
                (path.removeprefix("beside "), _filled(text, ids) + "\n")
                for path, text in keys.items()
                if path.startswith("beside ")
            ]
            if ids["HOST_DAG"] or "HOST_DAG" not in "".join([code, *(text for _, text in beside)]):
                yield Planted(together(edits), tuple(beside))

    return plant


def _of_the_team(code: str) -> str:
    own = set(re.findall(r"\bdef (\w+)", code))
    names = sorted({name for name in _TEAM.findall(code) if name not in own})
    return f"from company.data import {', '.join(names)}" if names else ""


def _filled(code: str, words: dict[str, str]) -> str:
    for word, text in words.items():
        if text:
            code = code.replace(word, text)
    return code


def _arguments(place: str, keys: dict[str, Any], code: str, mark: str) -> Plant:
    given = dict(line.split(" = ", 1) for line in code.splitlines())

    def plant(host: Host) -> Iterator[Planted]:
        for call in _CALLS[place](host):
            if not _fits(call, keys):
                continue
            new = [name for name in given if keyword(call, name) is None]
            edits = [host.given(call, name, given[name] + mark) for name in given if name not in new]
            if new:
                rest = "".join(f",\n{name}={given[name]}{mark}" for name in new[1:])
                edits.append(host.given(call, new[0], given[new[0]] + mark + rest))
            edits += [host.added(host.imports, keys["imports"])] if "imports" in keys else []
            yield Planted(together([*edits, *(marked(host, call) if mark else ())]))

    return plant


def _fits(call: ast.Call, keys: dict[str, Any]) -> bool:
    names = {each.arg for each in call.keywords}
    needs, lacks = keys.get("needs", "").split(), keys.get("lacks", "").split()
    by_calls = called(call) in keys["calls"].split() if "calls" in keys else True
    return by_calls and names.issuperset(needs) and None not in names and names.isdisjoint(lacks)


def _without(argument: str) -> Plant:
    """An argument of a DAG taken away: from the call, or from its default_args."""

    def plant(host: Host) -> Iterator[Planted]:
        for dag in host.dags:
            edit = host.without(dag.call, argument) or _without_key(host, dag, argument)
            if edit is not None:
                # DAGs that share the dict lack it, too; and it may be told of each of their tasks.
                shared = isinstance(keyword(dag.call, "default_args"), ast.Name)
                spots = host.dags if shared else [dag]
                marks = {mark for spot in spots for mark in _whole(host, spot)}
                yield Planted(together([edit, *sorted(marks, key=lambda mark: mark.start)]))

    return plant


def _whole(host: Host, dag: DagSpot) -> Iterator[Edit]:
    """Marks at the ends of all lines of a DAG."""
    at = host.text.find("\n", host.span(dag.call)[0])
    while 0 <= at < dag.body.offset:
        yield Edit(at, at, MARK)
        at = host.text.find("\n", at + 1)


def _without_key(host: Host, dag: DagSpot, name: str) -> Edit | None:
    """A key less in the dict that is given as default_args, or that a name stands for."""
    given = keyword(dag.call, "default_args")
    if isinstance(given, ast.Name):
        values = [
            node.value
            for node in host.tree.body
            if isinstance(node, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == given.id for target in node.targets)
        ]
        given = values[0] if values else None
    if not isinstance(given, ast.Dict) or len(given.keys) < 2:
        return None
    for key, value in zip(given.keys, given.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == name:
            return Edit(host.span(key)[0], host.after_comma(host.span(value)[1]), "")
    return None


def marked(host: Host, *calls: ast.Call) -> tuple[Edit, ...]:
    """Marks on the lines where calls begin."""
    return tuple(Edit(start, start, MARK) for start, _ in map(host.span, calls))


def dag_ids(host: Host) -> list[str]:
    """The ids of the file's DAGs that are plain."""
    found = []
    for dag in host.dags:
        value = keyword(dag.call, "dag_id") or (dag.call.args[0] if dag.call.args else None)
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            found.append(value.value)
        elif value is None and dag.function is not None:
            found.append(dag.function)
    return found


def together(edits: list[Edit]) -> tuple[Edit, ...]:
    """The edits, those that insert at one place joined in their order."""
    found: dict[tuple[int, int], Edit] = {}
    for edit in edits:
        place = (edit.start, edit.end)
        joins = edit.start == edit.end and place in found
        found[place] = Edit(*place, found[place].text + edit.text) if joins else edit
    return tuple(found.values())
