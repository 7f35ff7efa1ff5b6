"""Makes fixes of ruff's edits: one for each name of a file, wherever it is used."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.fixes.imports import import_moved, unused_import_removed
from analyzers.code_analyzer.parsed_file import ParsedFile
from analyzers.code_analyzer.ruff_engine import Diagnostic
from dagaudit.finding import Edit, Fix


def renames(said: Iterable[Diagnostic], texts: Mapping[str, str]) -> dict[tuple[str, str], Fix]:
    """(path, message) to the fix of all places that ruff says this of.

    Ruff leaves the import of the old name behind, which may no longer load: it goes with its last use. A name
    is mended everywhere or not at all.
    """
    grouped: dict[tuple[str, str], list[Diagnostic]] = {}
    for each in said:
        grouped.setdefault((each.path, each.message), []).append(each)
    parsed: dict[str, ParsedFile] = {}
    made = {}
    for (path, message), of in grouped.items():
        if not all(each.edits for each in of):
            continue
        if path not in parsed:
            parsed[path] = ParsedFile(path, texts[path])
        fix = _fix(of, message.split("`")[1] if "`" in message else "", parsed[path])
        if fix is not None:
            made[path, message] = fix
    return made


def moved(path: str, text: str, origin: str, new: str | None) -> Fix | None:
    """The fix of an import whose name only has another place."""
    made = import_moved(ParsedFile(path, text), origin, new) if new else []
    return edits.safe(f"import it as {new}", *made) if made else None


def _fix(of: list[Diagnostic], origin: str, parsed: ParsedFile) -> Fix | None:
    together: dict[Edit, None] = {edit: None for each in of for edit in each.edits}
    changes = [*together, *unused_import_removed(parsed, origin, together)]
    ordered = sorted(changes, key=lambda edit: (edits.start_of(edit), edits.end_of(edit)))
    if any(edits.end_of(one) > edits.start_of(next_) for one, next_ in pairwise(ordered)):
        return None
    wrap = edits.safe if all(each.is_safe for each in of) else edits.unsafe
    return wrap(of[0].fix or "use its new name", *ordered)
