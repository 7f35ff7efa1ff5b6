"""DGA138: names that nothing defines."""

import pytest

from tests.analyzers.code_analyzer.model_rules.audited import findings

HEAD = "from airflow.sdk import DAG\ndag = DAG('d')\n"


def found(body):
    return [(each.line, each.message.split("`")[1]) for each in findings("DGA138", {"a.py": HEAD + body})]


@pytest.mark.parametrize(
    ("body", "line", "name"),
    [
        ("dag >> lood\n", 3, "lood"),
        ("def work():\n    return missing\n", 4, "missing"),
        ("@tsk\ndef work(): ...\n", 3, "tsk"),
        ("x = [each for one in ()]\n", 3, "each"),
        ("try:\n    y = nothing\nexcept KeyError:\n    pass\n", 4, "nothing"),
        ("f'{unset}'\n", 3, "unset"),
        ("def work(a: int = unset): ...\n", 3, "unset"),
        ("for n in 'ab':\n    globals()[f'load_{n}'] = n\nprint(lode_a)\n", 5, "lode_a"),
        ("globals()['x'] = 1\nprint(y)\n", 4, "y"),
        ("globals().get('x')\nprint(x, globals()['x'])\n", 4, "x"),
    ],
)
def test_name_that_nothing_defines(body, line, name):
    assert found(body) == [(line, name)]


@pytest.mark.parametrize(
    "body",
    [
        "print(__file__, __name__, len, ValueError)\n",
        "from shop import *\nprint(anything)\n",
        "globals()['x'] = 1\nprint(x)\n",
        "for n in 'ab':\n    globals()[f'load_{n}'] = n\nprint(load_a)\n",
        "for n in 'ab':\n    globals()[n] = n\nprint(a)\n",
        "globals().update(a=1)\nprint(a)\n",
        "fill(globals())\nprint(a)\n".replace("fill", "dict.update"),
        "def work(): return later\nlater = 1\n",
        "def work(a, *b, c=1, **d): return a, b, c, d\n",
        "import os.path\nprint(os)\n",
        "import numpy as np\nprint(np)\n",
        "try:\n    unset\nexcept NameError:\n    pass\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop import Table\ndef work(a: Table) -> Table: ...\n",
        "if TYPE_CHECKING:\n    print(unset)\n" + "TYPE_CHECKING = False\n",
        "match dag:\n    case [a, *b]:\n        print(a, b)\n    case {'k': c, **d}:\n        print(c, d)\n    case int() as e:\n        print(e)\n",
        "with open('x') as handle:\n    print(handle)\n",
        "if (n := 3) > 2:\n    print(n)\n",
        "def work():\n    global counter\n    counter = 1\nprint(counter)\n",
        "try:\n    pass\nexcept ValueError as error:\n    print(error)\n",
        "for a, (b, c) in []:\n    print(a, b, c)\n",
        "class A:\n    def f(self):\n        return __class__\n",
        "x: 'Undefined' = 1\n",
    ],
)
def test_name_that_something_defines_or_may(body):
    assert found(body) == []


def test_each_name_is_told_once_with_what_was_meant():
    (one,) = findings("DGA138", {"a.py": HEAD + "extract = 1\nprint(extrac)\nprint(extrac)\n"})

    assert (one.line, one.suggestion) == (4, "did you mean `extract`?")
