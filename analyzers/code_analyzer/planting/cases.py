"""Chooses which defects are planted where: the same ones for the same seed."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from random import Random

from analyzers.code_analyzer.planting.edits import applied, unmarked
from analyzers.code_analyzer.planting.form import Form, Plant, Planted
from analyzers.code_analyzer.planting.host import Host

MAY_NOT_PARSE = frozenset({"DGA101"})
HELD_OUT_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Case:
    """A bundle with a defect in it."""

    form: Form
    host: Host
    texts: Mapping[str, str]
    """The files that were changed or added."""
    lines: Mapping[str, frozenset[int]]
    """By path: where the finding is to be, on any of them."""

    @property
    def rule(self) -> str:
        """Which rule must find it."""
        return self.form.rule

    @property
    def key(self) -> str:
        """What names it."""
        return f"{self.form.key} in {self.host.path}"

    @property
    def held_out(self) -> bool:
        """Whether it is none of those that rules are tuned on: a half, whatever the seed."""
        return int(sha256(self.key.encode()).hexdigest(), 16) % 1000 < HELD_OUT_SHARE * 1000


def cases_of(
    forms: Iterable[Form], hosts: Mapping[str, Sequence[Host]], seed: int, most: int
) -> Iterator[Case]:
    """At most so many for each rule, its forms in turn, each in hosts of its own.

    Args:
        hosts: rule to the files that it says nothing of; what is planted there is all there is.
    """
    by_rule: dict[str, list[Form]] = {}
    for form in forms:
        by_rule.setdefault(form.rule, []).append(form)
    for rule, its_forms in sorted(by_rule.items()):
        random = Random(f"{seed} {rule}")  # noqa: S311 - which cases is no secret
        queues = [_of_form(form, _shuffled(hosts.get(rule, ()), random), random) for form in its_forms]
        yield from islice(_in_turn(queues), most)


def decoy_of(case: Case, random: Random) -> Case | None:
    """The same place with what looks alike and is right."""
    if case.form.decoy is None:
        return None
    return next(_planted(case.form, case.form.decoy, case.host, random), None)


def _shuffled(hosts: Sequence[Host], random: Random) -> list[Host]:
    return random.sample(list(hosts), len(hosts))


def _in_turn(queues: list[Iterator[Case]]) -> Iterator[Case]:
    while queues:
        for queue in list(queues):
            case = next(queue, None)
            if case is None:
                queues.remove(queue)
            else:
                yield case


def _of_form(form: Form, hosts: Iterable[Host], random: Random) -> Iterator[Case]:
    for host in hosts:
        yield from islice(_planted(form, form.plant, host, random), 1)


def _planted(form: Form, plant: Plant, host: Host, random: Random) -> Iterator[Case]:
    places = list(plant(host))
    for planted in random.sample(places, len(places)):
        texts, lines = _texts(planted, host)
        if form.rule in MAY_NOT_PARSE or all(
            _parses(text) for path, text in texts.items() if path.endswith(".py")
        ):
            yield Case(form, host, texts, lines)


def _texts(planted: Planted, host: Host) -> tuple[dict[str, str], dict[str, frozenset[int]]]:
    text, marked = applied(host.text, planted.edits)
    texts, lines = {host.path: text}, {host.path: marked}
    for path, marked_text in planted.beside:
        texts[path], lines[path] = unmarked(marked_text)
    return texts, {path: found for path, found in lines.items() if found}


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True
