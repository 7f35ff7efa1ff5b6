"""DAG models in words and as Mermaid diagrams."""

import re
from collections.abc import Iterable, Iterator

from dagaudit.dag import DagModel, TaskModel, Tier, Unknown


def outline(dags: Iterable[DagModel]) -> str:
    """One paragraph for each DAG: its head, its tasks, what comes after each."""
    return "\n\n".join("\n".join(map(_plain, _outlined(dag))) for dag in dags) + "\n"


def _outlined(dag: DagModel) -> Iterator[str]:
    schedule = dag.schedule
    words = "none" if schedule is None else schedule if isinstance(schedule, str) else _words(schedule)
    yield f"{dag.dag_id}  {dag.path}:{dag.line}  schedule {words}  {dag.tier}"
    for reason in dag.reasons if dag.tier is not Tier.EXACT else ():
        yield f"  ? {reason}"
    after: dict[str, list[str]] = {}
    for up, down in dag.edges:
        after.setdefault(up, []).append(down)
    for task in dag.tasks:
        follows = f" -> {', '.join(after[task.task_id])}" if task.task_id in after else ""
        yield f"  {task.task_id} ({task.operator}{_marks(task)}){follows}"


def _words(schedule: object) -> str:
    if isinstance(schedule, Unknown):
        return "not known"
    return ", ".join(str(value) for _, value in schedule)  # type: ignore[attr-defined]


def _marks(task: TaskModel) -> str:
    marks = [word for word, is_so in (("mapped", task.is_mapped), ("setup", task.is_setup)) if is_so]
    marks += ["teardown"] if task.is_teardown else []
    return "".join(f", {mark}" for mark in marks)


def mermaid(dags: Iterable[DagModel]) -> str:
    """One flowchart for each DAG."""
    return "\n".join("\n".join(_drawn(dag)) for dag in dags) + "\n"


def _drawn(dag: DagModel) -> Iterator[str]:
    yield "---"
    yield f"title: {_quoted(dag.dag_id)}"
    yield "---"
    yield "flowchart LR"
    names = {task.task_id: f"t{number}" for number, task in enumerate(dag.tasks)}
    groups: dict[str | None, list[TaskModel]] = {}
    for task in dag.tasks:
        groups.setdefault(task.group, []).append(task)
    for number, (group, tasks) in enumerate(sorted(groups.items(), key=lambda item: item[0] or "")):
        if group is not None:
            yield f"  subgraph g{number}[{_quoted(group)}]"
        for task in tasks:
            yield f"  {names[task.task_id]}[{_quoted(task.task_id)}]"
        if group is not None:
            yield "  end"
    for up, down in dag.edges:
        if up in names and down in names:
            yield f"  {names[up]} --> {names[down]}"


def _quoted(text: str) -> str:
    """A Mermaid string: what could end it or open markup becomes an entity."""
    return '"' + _plain(re.sub(r'["<>&#\n\r`]', lambda mark: f"#{ord(mark[0])};", text)) + '"'


def _plain(line: str) -> str:
    """No control characters, for ids come from files that nobody here wrote."""
    return "".join(char if char.isprintable() else "?" for char in line)
