"""Writes every generated file anew: `python -m tools.generate`; with --check it only says what is stale.

A generator is a module with a function `files()` that gives text by path below the project's root. Add its
name to GENERATORS; the test that compares the files with the models then holds it, too.
"""

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parent.parent
GENERATORS: tuple[str, ...] = (
    "tools.contract",
    "tools.chart_schemas",
    "tools.crds",
    "tools.rule_pages",
    "analyzers.log_analyzer.signatures.document",
)


def files_of(generator: str) -> dict[str, str]:
    """What a generator makes, by path."""
    made: dict[str, str] = import_module(generator).files()
    return made


def stale_of(generator: str) -> list[str]:
    """The paths whose file is not what the generator makes."""
    return [
        path
        for path, text in files_of(generator).items()
        if not (ROOT / path).is_file() or (ROOT / path).read_text(encoding="utf-8") != text
    ]


def main() -> int:
    """Write what is stale, or with --check only name it."""
    check = "--check" in sys.argv[1:]
    stale = [(generator, path) for generator in GENERATORS for path in stale_of(generator)]
    for generator, path in stale:
        sys.stdout.write(f"{path}\n")
        if not check:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(files_of(generator)[path], encoding="utf-8")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
