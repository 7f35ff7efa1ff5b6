"""What a rule is given: a file, a DAG or the whole bundle."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from analyzers.code_analyzer.day import Day
from analyzers.code_analyzer.rule import Version

if TYPE_CHECKING:
    from analyzers.code_analyzer.called_names import CalledNames
    from analyzers.code_analyzer.file_model import BundleFacts, FileModel
    from analyzers.code_analyzer.model import Dag
    from analyzers.code_analyzer.parsed_file import ParsedFile
    from analyzers.code_analyzer.scopes import Scopes
    from analyzers.code_analyzer.suppressions import Suppressions

N = TypeVar("N", bound=ast.AST)


@dataclass(frozen=True)
class Settings:
    """What holds for all contexts of a run."""

    target: Version = (3, 3)
    rule_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Rule id to its options, defaults filled in."""
    day: Day = field(default_factory=Day, compare=False)
    """For rules on dates: ask it rather than `today`, and what is found is kept until the answer changes."""

    @property
    def today(self) -> date | None:
        """The day itself, for what is said with it; None where nobody tells."""
        return self.day.read()

    def option(self, rule_id: str, name: str) -> Any:  # noqa: ANN401 - each option has a type of its own
        """An option of a rule, as `option("DGA408", "max_tasks")`."""
        return self.rule_options[rule_id][name]


@dataclass(frozen=True)
class FileContext:
    """One file: its AST indexed by node type, and the model of what it defines."""

    model: "FileModel"
    settings: Settings = field(default_factory=Settings)
    given_scopes: "Scopes | None" = None
    """Where code of other files makes this one run: its scopes with theirs."""

    @property
    def parsed(self) -> "ParsedFile":
        """Text, lines and AST."""
        return self.model.parsed

    @property
    def path(self) -> str:
        """Relative to the bundle."""
        return self.model.parsed.path

    @property
    def dags(self) -> Sequence["Dag"]:
        """The DAGs that it defines, as they were made; those of Airflow 2 where it no longer loads."""
        return self.model.dags or self.model.dags_before

    @cached_property
    def scopes(self) -> "Scopes":
        """Which code runs at parse time, which in a task."""
        from analyzers.code_analyzer.scopes import Scopes

        return self.given_scopes or Scopes(self.parsed)

    def all(self, kind: type[N]) -> Sequence[N]:
        """The file's nodes of one type, in source order: `file.all(ast.Call)`."""
        return self.parsed.nodes[kind]

    @cached_property
    def names(self) -> "CalledNames":
        """What is called: qualified names, and methods of what a call made."""
        from analyzers.code_analyzer.called_names import CalledNames

        return CalledNames(self.parsed)

    @cached_property
    def functions(self) -> Sequence[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every `def`, methods included."""
        found: list[ast.FunctionDef | ast.AsyncFunctionDef] = [*self.all(ast.FunctionDef)]
        return [*found, *self.all(ast.AsyncFunctionDef)]

    @cached_property
    def lower_text(self) -> str:
        """The source in lower case: `in` is a hundred times cheaper than a search that ignores case."""
        return self.parsed.text.lower()

    @cached_property
    def returns(self) -> Mapping[ast.AST | None, Sequence[ast.Return]]:
        """The `return` statements that give a value, by the function that they leave."""
        found: dict[ast.AST | None, list[ast.Return]] = {}
        for node in self.all(ast.Return):
            if node.value is not None:
                found.setdefault(self.scopes.function(node), []).append(node)
        return found

    @cached_property
    def local_functions(self) -> Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        """Functions that are defined once in the file and in no class, by name."""
        found: dict[str, ast.FunctionDef | ast.AsyncFunctionDef | None] = {}
        for function in self.functions:
            if not isinstance(self.parsed.parent(function), ast.ClassDef):
                found[function.name] = None if function.name in found else function
        return {name: function for name, function in found.items() if function is not None}

    @cached_property
    def module_values(self) -> Mapping[str, ast.expr]:
        """Module-level names that are given a value only once in the whole file, with that value."""
        seen: dict[str, ast.expr | None] = {}
        assigned: list[ast.Assign | ast.AnnAssign] = [*self.all(ast.Assign), *self.all(ast.AnnAssign)]
        for node in assigned:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    once = target.id not in seen and isinstance(self.parsed.parent(node), ast.Module)
                    seen[target.id] = node.value if once else None
        changed: list[ast.AugAssign | ast.For] = [*self.all(ast.AugAssign), *self.all(ast.For)]
        for other in changed:
            if isinstance(other.target, ast.Name):
                seen[other.target.id] = None
        return {name: value for name, value in seen.items() if value is not None}

    @property
    def calls(self) -> Mapping[str, Sequence[ast.Call]]:
        """Calls by the name of what is called: `airflow.sdk.Variable.get`, `boto3.client().get_object`."""
        return self.names.calls


@dataclass(frozen=True)
class DagContext:
    """One DAG, and the file that it stands in."""

    dag: "Dag"
    file: FileContext

    @property
    def settings(self) -> Settings:
        """Target version and options."""
        return self.file.settings


@dataclass(frozen=True)
class BundleContext:
    """All of one PATH, after every file was looked at; the ASTs are gone by then."""

    facts: "BundleFacts"
    """What the interpreter kept of every DAG."""
    collected: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Rule id to path to what the rule's `collect` kept of that file, sorted by path."""
    settings: Settings = field(default_factory=Settings)

    @property
    def complete(self) -> bool:
        """Whether every DAG of the bundle is known with its true id."""
        return self.facts.complete

    def of(self, rule_id: str) -> Mapping[str, Any]:
        """Path to what the rule's `collect` kept of that file."""
        return self.collected.get(rule_id, {})


@dataclass(frozen=True)
class SuppressionContext:
    """The suppressions of one file, after all other findings are known."""

    path: str
    suppressions: "Suppressions"
    today: date | None
    ran: Mapping[str, str]
    """Id to name of the rules that ran: a suppression of one that did not is not unused."""
    known: frozenset[str]
    """The ids and names of all rules there are."""
