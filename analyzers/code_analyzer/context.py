"""What a rule is given: a file, a DAG or the whole bundle."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from analyzers.code_analyzer.rule import Version

if TYPE_CHECKING:
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

    def option(self, rule_id: str, name: str) -> Any:  # noqa: ANN401 - each option has a type of its own
        """An option of a rule, as `option("DGA408", "max_tasks")`."""
        return self.rule_options[rule_id][name]


@dataclass(frozen=True)
class FileContext:
    """One file: its AST indexed by node type, and the model of what it defines."""

    model: "FileModel"
    settings: Settings = field(default_factory=Settings)

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
        """The DAGs that it defines, in the order they were made."""
        return self.model.dags

    @cached_property
    def scopes(self) -> "Scopes":
        """Which code runs at parse time, which in a task."""
        from analyzers.code_analyzer.scopes import Scopes

        return Scopes(self.parsed)

    def all(self, kind: type[N]) -> Sequence[N]:
        """The file's nodes of one type, in source order: `file.all(ast.Call)`."""
        return self.parsed.nodes[kind]

    @cached_property
    def calls(self) -> Mapping[str, Sequence[ast.Call]]:
        """Calls by the qualified name of what is called, as `airflow.sdk.Variable.get`."""
        found: dict[str, list[ast.Call]] = {}
        for call in self.all(ast.Call):
            name = self.parsed.qualified_name(call.func)
            if name is not None:
                found.setdefault(name, []).append(call)
        return found


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
