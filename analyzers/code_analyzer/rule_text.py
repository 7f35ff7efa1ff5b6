"""A rule's docstring, taken apart: it is what `explain` and docs/rules show and what the tests run.

    DGA401: an Airflow Variable is read while the file is parsed.

    Why this is a problem: one or more paragraphs.

    Bad:

        BUCKET = Variable.get("bucket")  # <- here

    Good:

        BUCKET = "{{ var.value.bucket }}"

`Bad:` and `Good:` may come several times. `# <- here` marks each line that must be found. An example of many
files has a line `# file: name.py` before each of them; `# target: 2.10` sets the Airflow version.
"""

import re
from dataclasses import dataclass
from textwrap import dedent

MARK = "# <- here"
_FILE = re.compile(r"^# file: (\S+)\n", re.MULTILINE)
_TARGET = re.compile(r"^# target: (\d+)\.(\d+)\n", re.MULTILINE)
_SUMMARY = re.compile(r"(?P<id>[A-Z]+\d+): (?P<text>.+?\.)(?:\n\n|\s*\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """Code that the rule must find, or must leave alone."""

    bad: bool
    code: str

    @property
    def files(self) -> dict[str, str]:
        """Name to source; a single file is called example.py."""
        code = _TARGET.sub("", self.code)
        parts = _FILE.split(code)
        if len(parts) == 1:
            return {"example.py": code}
        return dict(zip(parts[1::2], parts[2::2], strict=True))

    @property
    def target(self) -> tuple[int, int] | None:
        """The Airflow version it is meant for, where it says so."""
        found = _TARGET.search(self.code)
        return (int(found[1]), int(found[2])) if found else None

    @property
    def marked(self) -> set[tuple[str, int]]:
        """(file, line) of each mark."""
        return {
            (name, number)
            for name, source in self.files.items()
            for number, line in enumerate(source.splitlines(), 1)
            if line.rstrip().endswith(MARK)
        }


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a rule says about itself."""

    id: str
    summary: str
    """One sentence."""
    why: str
    """Paragraphs."""
    examples: tuple[Example, ...]


def rule_text(documentation: str) -> RuleText:
    """Take a docstring apart.

    Raises:
        ValueError: it does not begin with the id and one sentence.
    """
    head = _SUMMARY.match(documentation)
    if head is None:
        raise ValueError(f"a rule's docstring begins with its id and one sentence: {documentation[:60]!r}")
    why: list[str] = []
    examples: list[Example] = []
    for block, lines in _blocks(documentation[head.end() :]):
        text = "\n".join(lines).strip("\n")
        if block == "why":
            why.append(text)
        else:
            examples.append(Example(bad=block == "Bad", code=dedent(text) + "\n"))
    summary = " ".join(head["text"].split())
    return RuleText(id=head["id"], summary=summary, why="\n".join(why).strip(), examples=tuple(examples))


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = [("why", [])]
    for line in text.splitlines():
        if line in {"Bad:", "Good:"}:
            found.append((line.removesuffix(":"), []))
        elif line and not line.startswith(" ") and found[-1][0] != "why":
            found.append(("why", [line]))
        else:
            found[-1][1].append(line)
    return found
