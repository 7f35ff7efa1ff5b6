"""The provider packages that DAGs need in Airflow 3."""

import re
from collections.abc import Iterable, Iterator

from analyzers.code_analyzer.gone_names import new_place
from analyzers.code_analyzer.migration.file_facts import FileFacts
from analyzers.code_analyzer.provider_names import package_of
from dagaudit.migration import MigrationChange, NeededProvider

_ASKED = re.compile(r"`(apache-airflow-providers-[\w-]+)>=([\w.]+)`")


def needed_providers(
    facts: Iterable[FileFacts], changes: Iterable[MigrationChange]
) -> tuple[NeededProvider, ...]:
    """All that the files import from, and those into which what they import has moved, sorted."""
    modules: dict[str, set[str]] = {}
    paths: dict[str, set[str]] = {}
    moved: set[str] = set()
    for path, name, new in _imports(facts):
        package = package_of(new)
        if package is not None:
            modules.setdefault(package, set()).add(new.rpartition(".")[0] or new)
            paths.setdefault(package, set()).add(path)
            if name != new:
                moved.add(package)
    minimum: dict[str, str] = {}
    for change in changes:
        for package, version in _ASKED.findall(change.suggestion or ""):
            minimum[package] = max(minimum.get(package, ""), version, key=_number)
            paths.setdefault(package, set()).add(change.path)
            modules.setdefault(package, set())
            moved.add(package)
    return tuple(
        NeededProvider(
            package=package,
            minimum=minimum.get(package),
            modules=tuple(sorted(modules[package])),
            files=len(paths[package]),
            since_3=package in moved,
        )
        for package in sorted(modules)
    )


def _imports(facts: Iterable[FileFacts]) -> Iterator[tuple[str, str, str]]:
    for each in facts:
        for row in each.imports:
            if row.name.startswith("airflow.") and not row.guarded:
                yield each.path, row.name, new_place(row.name) or row.name


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))
