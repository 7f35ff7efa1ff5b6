"""DAGs whose global name or number only running the file would tell are shown all the same, never lost."""

import pytest

from analyzers.code_analyzer.bundle import Bundle
from analyzers.code_analyzer.file_model import FileModel
from analyzers.code_analyzer.interpreter import imports, interpret
from analyzers.code_analyzer.parsed_file import parse_file
from dagaudit.adapters import open_dag_source
from dagaudit.cli.graph import read
from dagaudit.dag import Tier

HEAD = "import os, sys\nfrom airflow.sdk import DAG, Variable\nimport outside\n"
WALK = """
def configs(folder):
    for entry in os.scandir(folder):
        if entry.name.endswith(".yaml"):
            yield outside.load(entry.path)
        elif entry.is_dir():
            yield from configs(entry.path)
"""
FOUND = {
    "item of globals()": ("for c in outside.C:\n globals()[c] = DAG(c)", 1),
    "update of globals()": ("for c in outside.C:\n globals().update({c: DAG(c)})", 1),
    "dict spread over globals()": ("d = {}\nfor c in outside.C:\n d[c] = DAG(c)\nglobals().update(d)", 1),
    "dict walked into globals()": (
        "d = {c: DAG(c) for c in outside.C}\nfor k, v in d.items():\n globals()[k] = v",
        1,
    ),
    "comprehension over globals()": ("globals().update({c: DAG(c) for c in outside.C})", 1),
    "attribute of the module": ("setattr(sys.modules[__name__], os.environ['X'], DAG(os.environ['X']))", 1),
    "name set in a loop": ("for c in outside.C:\n dag = DAG(c)", 1),
    "name set in either arm": ("if outside.X: dag = DAG('a')\nelse: dag = DAG('b')", 2),
    "recursion over folders": (
        f"{WALK}for c in configs('/x'):\n with DAG(c['id']): pass",
        1,
    ),
    "known recursion under a condition": (
        "def make(tree):\n for k, v in tree.items():\n  if isinstance(v, dict): make(v)\n  else: globals()[k] = DAG(k)\nif Variable.get('on'): make({'a': {'b': {'c': {'d': {'e': {'f': 1}}}}}})",
        1,
    ),
}
LOST = {
    "too deep": "def make(n):\n if n > 100: globals()['x'] = DAG('x')\n else: make(n + 1)\nmake(0)",
    "all names from outside": "globals().update(outside.make('x'))",
    "globals() handed out": "outside.load(globals())",
    "DAG from outside": "dag = outside.make_dag('x')",
    "DAG from a builder outside": "etl = outside.DagBuilder('x').build()",
    "all names of a module of DAGs": "from company.dags import *",
    "all names of a folder of DAGs": "from dags.team import *",
    "code that is run": "exec(open('x').read())",
}
NOTHING = {
    "names from the file's own dict": "globals().update({'x': 1})",
    "all names of a module of something else": "from awsglue.transforms import *",
    "an order that is not known": "x = [1 for one in {'a', 'b'}]",
    "something else from outside": "client = outside.connect('dag')",
    "a local dict of unknown keys": "def f():\n d = locals()\n d[outside.X] = 1\nf()",
}


@pytest.mark.parametrize("name", FOUND)
def test_dag_of_unknown_name_is_shown_and_not_exact(name: str) -> None:
    source, count = FOUND[name]
    model = interpret(parse_file("dags/x.py", (HEAD + source).encode()))
    assert len(model.dags) == count
    assert all(dag.tier is not Tier.EXACT and dag.reasons for dag in model.dags)
    assert not model.unreachable_dags
    assert model.lost is None


@pytest.mark.parametrize("name", LOST)
def test_file_whose_dags_are_not_known_says_so(name: str) -> None:
    model = interpret(parse_file("dags/x.py", (HEAD + LOST[name]).encode()))
    assert not model.dags
    assert model.lost is not None
    assert model.lost.startswith("dags/x.py may define DAGs that were not found: line ")


@pytest.mark.parametrize("name", NOTHING)
def test_file_without_dags_is_no_failure(name: str) -> None:
    model = interpret(parse_file("dags/x.py", (HEAD + NOTHING[name]).encode()))
    assert (model.dags, model.unreachable_dags, model.lost) == ([], [], None)


def test_dag_that_no_global_name_holds_stays_unreachable() -> None:
    model = interpret(
        parse_file("dags/x.py", (HEAD + "def f():\n d = {}\n d[outside.X] = DAG('a')\nf()").encode())
    )
    assert not model.dags
    assert [dag.dag_id for dag in model.unreachable_dags] == ["a"]


def test_what_is_not_known_of_a_file_is_told_where_the_bundle_is_read(tmp_path) -> None:
    (tmp_path / "made.py").write_text(HEAD + LOST["DAG from outside"])
    (tmp_path / "plain.py").write_text(HEAD + "with DAG('a'): pass")
    dags, failures, analyzed = read([str(tmp_path)], (3, 3))
    assert ([dag.dag_id for dag in dags], analyzed) == (["a"], 2)
    assert [(failure.path, failure.part) for failure in failures] == [("made.py", "interpreter")]
    assert "dag comes from outside.make_dag(), which is not in the DAG folder" in failures[0].message
    bundle = Bundle(open_dag_source(str(tmp_path), {}))
    models = [model for model in bundle.models() if isinstance(model, FileModel)]
    assert [len(model.failures) for model in models] == [1, 0]
    assert not bundle.facts.complete


def test_dag_factory_is_taken_to_load_the_dags_folder_above_it_and_says_so(tmp_path) -> None:
    yaml = "{}:\n  tasks:\n    a:\n      operator: airflow.providers.standard.operators.empty.EmptyOperator\n"
    loader = "from dagfactory import load_yaml_dags\n# airflow\nload_yaml_dags(globals())\n"
    for folder, name in (("one/dags/team", "a"), ("one/yaml", "b"), ("two/dags", ""), ("two/yaml", "c")):
        (tmp_path / folder).mkdir(parents=True)
        if name:
            (tmp_path / folder / "x.yml").write_text(yaml.format(name))
    (tmp_path / "one/dags/load.py").write_text(loader)
    (tmp_path / "two/dags/load.py").write_text(loader)
    dags, failures, _ = read([str(tmp_path)], (3, 3))
    assert [(dag.dag_id, dag.path, dag.tier) for dag in dags] == [("a", "one/dags/load.py", Tier.PARTIAL)]
    assert "taken to be one/dags; pass dags_folder= to tell" in dags[0].reasons[0]
    assert [failure.path for failure in failures] == ["two/dags/load.py"]
    inner, _, _ = read([str(tmp_path / "one")], (3, 3))
    assert [dag.dag_id for dag in inner] == ["a"]
    (tmp_path / "one/load.py").write_text(loader)
    whole, _, _ = read([str(tmp_path / "one")], (3, 3))
    assert sorted(dag.dag_id for dag in whole if dag.path == "load.py") == ["a", "b"]
    assert all(dag.tier is Tier.PARTIAL for dag in whole)


def test_modules_beyond_the_limit_are_told(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(imports, "MAX_MODULES", 2)
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.py").write_text(f"NAME = '{name}'\n")
    body = "import one, two{}\nfrom airflow.sdk import DAG\nwith DAG(one.NAME): pass\n"
    (tmp_path / "few.py").write_text(body.format(""))
    (tmp_path / "many.py").write_text(body.format(", three"))
    dags, _, _ = read([str(tmp_path)], (3, 3))
    assert [(dag.path, dag.tier) for dag in dags] == [("few.py", Tier.EXACT), ("many.py", Tier.PARTIAL)]
    assert "it imports more than 2 modules of the bundle: three is not followed" in dags[1].reasons[0]
