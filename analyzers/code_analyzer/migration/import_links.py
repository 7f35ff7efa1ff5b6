"""Which files of a bundle need which others: loading one loads what it imports."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from analyzers.code_analyzer.migration.file_facts import FileFacts


class ImportLinks:
    """The imports among the files of one bundle."""

    def __init__(self, facts: Mapping[str, FileFacts]) -> None:
        self._facts = facts

    def needed_to_load(self, path: str) -> frozenset[str]:
        """The files that are loaded with this one, directly or not."""
        return self._needed.get(path, frozenset())

    def needed_to_run(self, path: str) -> frozenset[str]:
        """The files that its tasks load when they run, and what those load."""
        found: set[str] = set()
        for each in {path, *self.needed_to_load(path)}:
            for late in self._late.get(each, ()):
                found |= {late, *self.needed_to_load(late)}
        return frozenset(found - {path} - self.needed_to_load(path))

    def importers(self, path: str) -> tuple[str, ...]:
        """The files that load this one, directly or not, sorted."""
        return self._importers.get(path, ())

    @cached_property
    def _needed(self) -> Mapping[str, frozenset[str]]:
        direct = {path: self._direct(facts) for path, facts in self._facts.items()}
        return {path: frozenset(_reach(path, direct)) for path in direct}

    def _direct(self, facts: FileFacts) -> set[str]:
        found = set(facts.followed)
        optional = set()
        for row in facts.imports:
            paths = self._paths_of(row.name, facts.path)
            if row.guarded:
                optional |= paths
            elif row.at_parse:
                found |= paths
        # What is imported in a `try` may be missing.
        return found - optional

    @cached_property
    def _late(self) -> Mapping[str, set[str]]:
        return {
            path: {
                found
                for row in facts.imports
                if not row.at_parse and not row.guarded
                for found in self._paths_of(row.name, path)
            }
            for path, facts in self._facts.items()
        }

    @cached_property
    def _importers(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, set[str]] = {}
        for path, needed in self._needed.items():
            for each in needed - {path}:
                found.setdefault(each, set()).add(path)
        return {path: tuple(sorted(importers)) for path, importers in found.items()}

    def _paths_of(self, name: str, importer: str) -> set[str]:
        """The file of a module, or of the module that has this member."""
        parts = importer.split("/")[:-1]
        roots = ["", "plugins/", *("/".join(parts[: end + 1]) + "/" for end in range(len(parts)))]
        for dotted in (name, name.rpartition(".")[0]):
            relative = dotted.replace(".", "/")
            for root in roots if relative else ():
                for path in (f"{root}{relative}.py", f"{root}{relative}/__init__.py"):
                    if path in self._facts and path != importer:
                        return {path}
        return set()


def _reach(start: str, direct: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(direct.get(start, ()))
    while waiting:
        path = waiting.pop()
        if path not in found and path != start:
            found.add(path)
            waiting.extend(direct.get(path, ()))
    return found
