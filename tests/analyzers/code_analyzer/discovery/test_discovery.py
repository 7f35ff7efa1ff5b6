"""What is found in a source, as Airflow finds it, and what cannot be read costs only itself."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from analyzers.code_analyzer import discovery
from analyzers.code_analyzer.bundle import BrokenFile, Bundle
from analyzers.code_analyzer.discovery import Discovery, might_define_dags
from analyzers.code_analyzer.file_model import FileModel
from analyzers.code_analyzer.ignore_file import IgnoreRules, IgnoreSyntax
from dagaudit.adapters.file import FileTree
from dagaudit.errors import SourceUnreadable
from tests.fakes import MemorySource
from tests.real_airflow import run_airflow_python

# One worker: each would start an Airflow of its own.
pytestmark = pytest.mark.xdist_group("airflow")

DAG_FILE = 'from airflow.sdk import DAG\nwith DAG("{}"): pass\n'


def _dag(name):
    return DAG_FILE.format(name)


def _zip(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def _read(source, **more):
    bundle = Bundle(source, **more)
    return bundle, list(bundle.models())


def _ids(models):
    return [dag.dag_id for model in models if isinstance(model, FileModel) for dag in model.dags]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"from AIRFLOW import x; a DaG", True),
        (b"airflow, asset", True),
        (b"airflow alone", False),
        (b"a dag, an asset", False),
        (b"", False),
    ],
)
def test_safe_mode_looks_for_airflow_and_dag_or_asset(data, expected):
    assert might_define_dags(data) is expected


def test_only_files_that_speak_of_dags_are_candidates():
    source = MemorySource({"a.py": _dag("a"), "b.py": "import airflow\n", "c.txt": _dag("c")})

    bundle, models = _read(source)

    assert _ids(models) == ["a"]
    assert (bundle.coverage.seen, bundle.coverage.analyzed, bundle.coverage.skipped) == (2, 1, 1)
    assert bundle.coverage.complete


def test_imported_file_is_read_though_it_does_not_count():
    source = MemorySource(
        {
            ".airflowignore": "lib\n",
            "lib/ids.py": "NAME = 'from_lib'\n",
            "a.py": "from airflow.sdk import DAG\nfrom lib.ids import NAME\nwith DAG(NAME): pass\n",
        }
    )

    _, models = _read(source)

    assert _ids(models) == ["from_lib"]
    assert [(model.path, model.is_dag_candidate) for model in models] == [
        ("a.py", True),
        ("lib/ids.py", False),
    ]


def test_single_file_needs_no_safe_mode(tmp_path):
    (tmp_path / "job.py").write_text("x = 1\n")

    _, models = _read(FileTree(tmp_path / "job.py"))

    assert [model.path for model in models] == ["job.py"]


IGNORES = {
    "name anywhere": {"": "skip.py\n"},
    "folder": {"": "old/\n"},
    "folder without slash": {"": "old\n"},
    "anchored": {"": "/skip.py\n"},
    "path": {"": "team/skip.py\n"},
    "star": {"": "*_test.py\n"},
    "double star": {"": "**/deep/*.py\n"},
    "negated": {"": "*.py\n!keep.py\n"},
    "negated below an ignored folder": {"": "team\n!team/keep.py\n"},
    "comments and blanks": {"": "# no\n\nskip.py  # yes\n"},
    "nested": {"team": "skip.py\n"},
    "nested anchored": {"team": "/skip.py\n"},
    "nested negates": {"": "skip.py\n", "team": "!skip.py\n"},
    "only a slash": {"": "/\n"},
    "question mark and class": {"": "a?.py\n[kx]eep.py\n"},
    "regexp": {"": "team/.*skip\n"},
}
TREE = (
    "skip.py", "keep.py", "ab.py", "my_test.py", "old/a.py", "team/skip.py", "team/keep.py", "team/deep/x.py",
    "team/old/b.py", "team/my_test.py",
)  # fmt: skip
FIND = """
import json, sys
from airflow._shared.module_loading.file_discovery import find_path_from_directory
found = {}
for root in sys.argv[2:]:
    syntax = "regexp" if root.endswith("_regexp") else "glob"
    paths = find_path_from_directory(root, ".airflowignore", syntax)
    found[root] = sorted(path[len(root) + 1:] for path in paths if path.endswith(".py"))
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def kept_by_airflow(tmp_path_factory):
    roots = {}
    for name, files in IGNORES.items():
        root = tmp_path_factory.mktemp(name.replace(" ", "_")) / ("x_regexp" if name == "regexp" else "x")
        for path in TREE:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(_dag("x"))
        for folder, text in files.items():
            (root / folder / ".airflowignore").write_text(text)
        roots[name] = str(root)
    found = run_airflow_python(FIND, tmp_path_factory.mktemp("home"), "-", *roots.values())
    return {name: found[root] for name, root in roots.items()}


@pytest.mark.parametrize("name", IGNORES)
def test_ignore_files_leave_out_what_airflow_leaves_out(name, kept_by_airflow):
    syntax = IgnoreSyntax.REGEXP if name == "regexp" else IgnoreSyntax.GLOB
    rules = IgnoreRules(IGNORES[name], syntax)

    assert [path for path in sorted(TREE) if not rules.leaves_out(path)] == kept_by_airflow[name]


def test_invalid_pattern_is_told():
    source = MemorySource({".airflowignore": "(\n", "a.py": _dag("a")})
    discovery = Discovery(source, IgnoreSyntax.REGEXP)

    discovery.find()

    assert [failure.path for failure in discovery.failures] == [".airflowignore"]


def test_zip_gives_its_top_level_modules():
    members = {"one.py": _dag("one"), "pkg/two.py": _dag("two"), "pkg/__init__.py": "", "readme.txt": "x"}
    source = MemorySource({"a.zip": _zip(members), "b.py": _dag("b")})

    bundle, models = _read(source)

    assert [(model.path, _ids([model])) for model in models] == [("a.zip/one.py", ["one"]), ("b.py", ["b"])]
    assert bundle.coverage.skipped == 2


def test_module_in_a_zip_imports_from_the_zip():
    members = {
        "one.py": "from airflow.sdk import DAG\nfrom pkg.ids import X\nwith DAG(X): pass\n",
        "pkg/ids.py": "X = 'in_zip'\n",
    }

    _, models = _read(MemorySource({"a.zip": _zip(members)}))

    assert _ids(models) == ["in_zip"]


def test_zip_bomb_is_refused_and_costs_only_itself():
    source = MemorySource({"a.zip": _zip({"big.py": "# airflow dag\n" + " " * 6_000_000}), "b.py": _dag("b")})

    bundle, models = _read(source)

    assert _ids(models) == ["b"]
    assert [failure.path for failure in bundle.failures] == ["a.zip/big.py"]


def test_zip_member_outside_of_it_is_a_failure_and_costs_only_itself():
    members = {"../out.py": _dag("out"), "one.py": _dag("one")}
    bundle, models = _read(MemorySource({"a.zip": _zip(members)}))

    assert _ids(models) == ["one"]
    assert [failure.path for failure in bundle.failures] == ["a.zip"]
    assert "../out.py" in bundle.failures[0].message


def test_zip_with_too_many_modules_is_a_failure(monkeypatch):
    monkeypatch.setattr(discovery, "MAX_MEMBERS", 1)
    members = {"one.py": _dag("one"), "two.py": _dag("two")}
    bundle, models = _read(MemorySource({"a.zip": _zip(members)}))

    assert _ids(models) == ["one"]
    assert "more than 1 modules" in bundle.failures[0].message


def test_broken_zip_is_a_failure():
    bundle, models = _read(MemorySource({"a.zip": b"PK\x03\x04 nonsense", "b.py": _dag("b")}))

    assert _ids(models) == ["b"]
    assert [failure.path for failure in bundle.failures] == ["a.zip"]


def test_huge_file_is_a_failure_that_names_the_limit():
    bundle, models = _read(
        MemorySource({"a.py": "# airflow dag\n" + "x = 1\n" * 1_000_000, "b.py": _dag("b")})
    )

    assert _ids(models) == ["b"]
    assert "more than the limit of 5242880" in bundle.failures[0].message


def test_unreadable_file_is_a_failure():
    source = MemorySource({"b.py": _dag("b")}, broken={"a.py": SourceUnreadable("a.py is gone")})

    bundle, models = _read(source)

    assert _ids(models) == ["b"]
    assert [(failure.path, failure.message) for failure in bundle.failures] == [("a.py", "a.py is gone")]


@pytest.mark.parametrize(
    ("data", "line", "word"),
    [
        (b"# airflow dag\nx = = 1\n", 2, "syntax"),
        (b"# airflow dag\n\0", 2, "null byte"),
        (b"# airflow dag\nx = '\xff'\n", 2, "UTF-8"),
        (b"# -*- coding: klingon -*-\n# airflow dag\n", 1, "encoding"),
        (b"# airflow dag\nx = " + b"(" * 300 + b")" * 300, 2, "too many"),
        (b"# airflow dag\ndef f(:\n", 2, "syntax"),
    ],
)
def test_broken_file_says_where_and_why(data, line, word):
    _, (found,) = _read(MemorySource({"a.py": data}))

    assert isinstance(found, BrokenFile)
    assert (found.error.line, word in str(found.error).lower() or word in str(found.error)) == (line, True)


def test_declared_encoding_is_honoured():
    text = '# -*- coding: latin-1 -*-\nfrom airflow.sdk import DAG\nwith DAG("d", description="é"): pass\n'

    _, (found,) = _read(MemorySource({"a.py": text.encode("latin-1")}))

    assert found.dags[0].arguments["description"].value.plain() == "é"


def test_syntax_warnings_are_silent(recwarn):
    _read(MemorySource({"a.py": "# airflow dag\nx = '\\d'\ny = 1 is 1\n"}))

    assert not recwarn.list


def test_link_in_a_circle_and_odd_names_are_survived(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "loop").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "x.py").write_text(_dag("x"))
    (tmp_path / "dangling.py").symlink_to(tmp_path / "nowhere")
    Path(os.fsdecode(bytes(tmp_path) + b"/na\xefve.py")).write_text(_dag("odd"))

    bundle, models = _read(FileTree(tmp_path))

    assert sorted(_ids(models)) == ["odd", "x"]
    assert [failure.path for failure in bundle.failures] == ["dangling.py"]


def test_facts_outlive_the_models():
    source = MemorySource(
        {
            "a.py": (
                "from airflow.sdk import DAG, Asset\n"
                'with DAG("a", schedule=[Asset("s3://x")], tags=["t"]): pass\n'
            ),
            "b.py": (
                "from airflow.sdk import DAG, Asset\n"
                "from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator\n"
                'with DAG("b", schedule="@daily"):\n'
                '    TriggerDagRunOperator(task_id="go", trigger_dag_id="a", outlets=[Asset("s3://x")])\n'
            ),
        }
    )

    bundle, _ = _read(source)

    first, second = bundle.facts.dags
    assert (first.dag_id, first.assets_in, first.tags) == ("a", (("s3://x", 2),), ("t",))
    assert (second.schedule, second.assets_out) == ("@daily", (("s3://x", 4, "go"),))
    assert [(link.kind, link.target_dag_id, link.line) for link in second.links] == [("trigger", "a", 4)]
    assert bundle.facts.complete


def test_folder_that_cannot_be_listed_costs_only_itself():
    refused = SourceUnreadable("closed may not be read by this user; grant read permission")
    source = MemorySource({"a.py": _dag("a")}, broken={"closed/": refused})

    bundle, models = _read(source)

    assert _ids(models) == ["a"]
    assert [(failure.path, failure.message) for failure in bundle.failures] == [("closed/", str(refused))]


def test_ignored_folder_may_stay_closed():
    refused = SourceUnreadable("closed may not be read by this user; grant read permission")
    source = MemorySource({"a.py": _dag("a"), ".airflowignore": "closed/\n"}, broken={"closed/": refused})

    bundle, models = _read(source)

    assert _ids(models) == ["a"]
    assert not bundle.failures
