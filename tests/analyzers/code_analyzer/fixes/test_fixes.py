"""Each fix: before and after, and that nothing else of the file changes."""

from dataclasses import replace

import pytest

from analyzers.code_analyzer.fixes.source_text import SourceText
from tests.analyzers.code_analyzer.fixes.mending import STRICT, after

HEAD = """from datetime import datetime
from airflow.sdk import DAG, dag, task
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
"""
IN = 'with DAG("d", schedule="@daily", catchup=False, start_date=datetime(2024, 1, 1)):\n    '

SAFE = {
    "no schedule": ('d = DAG("x", catchup=False)', 'd = DAG("x", catchup=False, schedule=None)'),
    "no schedule, nothing given": ("@dag\ndef x(): ...\nx()", "@dag(schedule=None)\ndef x(): ...\nx()"),
    "no schedule, each on its line": (
        'd = DAG(\n    "x",  # the first\n    catchup=False,  # never\n)',
        'd = DAG(\n    "x",  # the first\n    catchup=False,  # never\n    schedule=None,\n)',
    ),
    "no schedule, no comma at the end": (
        'd = DAG(\n\t"x",\n\tcatchup=False  # never\n)',
        'd = DAG(\n\t"x",\n\tcatchup=False,  # never\n\tschedule=None\n)',
    ),
    "no schedule, beside letters of two bytes": (
        'é = "ü"; d = DAG("x", doc_md="é" + é)',
        'é = "ü"; d = DAG("x", doc_md="é" + é, schedule=None)',
    ),
    "catchup": (
        'd = DAG("x", schedule="@daily", start_date=datetime(2024, 1, 1))',
        'd = DAG("x", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False)',
    ),
    "script taken for a template": (
        IN + 'BashOperator(task_id="a", bash_command="/opt/a.sh")',
        IN + 'BashOperator(task_id="a", bash_command="/opt/a.sh ")',
    ),
    "script in long quotes": (
        IN + 'BashOperator(task_id="a", bash_command="""/opt/a.sh""")',
        IN + 'BashOperator(task_id="a", bash_command="""/opt/a.sh """)',
    ),
    "eaten template": (
        IN + 'BashOperator(task_id="a", bash_command=f"a {1} {{ ds }} {{ ts }}")',
        IN + 'BashOperator(task_id="a", bash_command=f"a {1} {{{{ ds }}}} {{{{ ts }}}}")',
    ),
    "callable called": (
        "def f():\n    print(1)\n" + IN + 'PythonOperator(task_id="a", python_callable=f())',
        "def f():\n    print(1)\n" + IN + 'PythonOperator(task_id="a", python_callable=f)',
    ),
    "callback without room": (
        'def f():\n    print(1)\nDAG("x", schedule=None, on_failure_callback=f)',
        'def f(context=None):\n    print(1)\nDAG("x", schedule=None, on_failure_callback=f)',
    ),
    "callback lambda": (
        'd = DAG("x", schedule=None, on_failure_callback=lambda: print(1))',
        'd = DAG("x", schedule=None, on_failure_callback=lambda context: print(1))',
    ),
    "late binding, a lambda with parameters": (
        IN
        + 'for i in ["a", "b"]:\n        PythonOperator(task_id=i, python_callable=lambda x, y=2, **k: f(i, x))',
        IN
        + 'for i in ["a", "b"]:\n        PythonOperator(task_id=i, python_callable=lambda x, y=2, *, i=i, **k: f(i, x))',
    ),
    "late binding, keyword-only already": (
        IN
        + 'for i in ["a", "b"]:\n        PythonOperator(task_id=i, python_callable=lambda *, y=2: f(i, y))',
        IN
        + 'for i in ["a", "b"]:\n        PythonOperator(task_id=i, python_callable=lambda *, y=2, i=i: f(i, y))',
    ),
    "mail to nobody": (
        IN + 'BashOperator(task_id="a", email_on_failure=True, bash_command="a")',
        IN + 'BashOperator(task_id="a", bash_command="a")',
    ),
    "mail to nobody, last of several lines": (
        IN
        + 'BashOperator(\n        task_id="a",\n        bash_command="a",\n        email_on_failure=True,\n    )',
        IN + 'BashOperator(\n        task_id="a",\n        bash_command="a",\n    )',
    ),
    "old name of a trigger rule": (
        IN + 'EmptyOperator(task_id="a", trigger_rule="none_failed_or_skipped")',
        IN + 'EmptyOperator(task_id="a", trigger_rule="none_failed_min_one_success")',
    ),
    "generated from a set": (
        IN
        + 'for name in {"b", "a"}:\n        EmptyOperator(task_id=name) >> EmptyOperator(task_id=name + "2")',
        IN
        + 'for name in sorted({"b", "a"}):\n        EmptyOperator(task_id=name) >> EmptyOperator(task_id=name + "2")',
    ),
    "old name in a template": (
        IN
        + "BashOperator(task_id='a', bash_command='--execution_date {{ execution_date }} {{ tomorrow_ds }}')",
        IN
        + "BashOperator(task_id='a', bash_command='--execution_date {{ logical_date }} {{ macros.ds_add(ds, 1) }}')",
    ),
    "old name in a template of many lines": (
        IN
        + 'BashOperator(task_id="a", bash_command="""\n  é {{ ds }} {% if execution_date %}x{% endif %}\n""")',
        IN
        + 'BashOperator(task_id="a", bash_command="""\n  é {{ ds }} {% if logical_date %}x{% endif %}\n""")',
    ),
    "old key of the context": (
        "@task\ndef f(**context):\n    print(context['execution_date'], context.get('execution_date'))",
        "@task\ndef f(**context):\n    print(context['logical_date'], context.get('logical_date'))",
    ),
    "old parameter": (
        "def f(execution_date, **k):\n    print(execution_date)\n"
        + IN
        + 'PythonOperator(task_id="a", python_callable=f)',
        "def f(logical_date, **k):\n    print(logical_date)\n"
        + IN
        + 'PythonOperator(task_id="a", python_callable=f)',
    ),
    "both directions": (
        IN + 'a, b, c = [EmptyOperator(task_id=n) for n in "abc"]\n    a >> b << c',
        IN + 'a, b, c = [EmptyOperator(task_id=n) for n in "abc"]\n    a >> b\n    c >> b',
    ),
    "both directions with lists": (
        IN + 'a, b, c, e = [EmptyOperator(task_id=n) for n in "abce"]\n    a << b << [c] >> e',
        IN + 'a, b, c, e = [EmptyOperator(task_id=n) for n in "abce"]\n    [c] >> b >> a\n    [c] >> e',
    ),
    "suppression that silences nothing": (
        'd = DAG("x", schedule=None)  # noqa: DGA401',
        'd = DAG("x", schedule=None)',
    ),
    "suppression of which a part silences": (
        'd = DAG("x")  # noqa: DGA201, DGA401, E501',
        'd = DAG("x")  # noqa: DGA201, E501',
    ),
    "suppression alone on its line": (
        '# dagaudit: ignore-file[DGA401]\nd = DAG("x", schedule=None)',
        'd = DAG("x", schedule=None)',
    ),
}
UNSAFE = {
    "timeout": (
        "import requests\n@task\ndef f():\n    requests.get('https://x')",
        "import requests\n@task\ndef f():\n    requests.get('https://x', timeout=30)",
    ),
    "exit code": (
        "import subprocess\n@task\ndef f():\n    subprocess.run(['a'])",
        "import subprocess\n@task\ndef f():\n    subprocess.run(['a'], check=True)",
    ),
    "certificate": (
        "import requests\n@task\ndef f():\n    requests.get('https://x', timeout=3, verify=False)",
        "import requests\n@task\ndef f():\n    requests.get('https://x', timeout=3)",
    ),
    "SLA": (
        IN + 'BashOperator(task_id="a", sla=1, bash_command="a")',
        IN + 'BashOperator(task_id="a", bash_command="a")',
    ),
    "typing error in a trigger rule": (
        IN + 'EmptyOperator(task_id="a", trigger_rule="all_sucess")',
        IN + 'EmptyOperator(task_id="a", trigger_rule="all_success")',
    ),
    "expired suppression": (
        'd = DAG("x", schedule=None)  # dagaudit: ignore[DGA401] until=2020-01-01 reason=later',
        'd = DAG("x", schedule=None)',
    ),
}
UNTOUCHED = {
    "a generator as the only argument": "x = dict(a for a in [])\nDAG('x', **x)",
    "words after a suppression": 'd = DAG("x", schedule=None)  # noqa: DGA401 because it was so',
    "a comment beside the argument": (
        IN
        + 'BashOperator(\n        task_id="a",\n        email_on_failure=True,  # please\n        bash_command="a",\n    )'
    ),
    "a suppressed finding": 'd = DAG("x")  # noqa: DGA201',
    "a key that is asked for elsewhere": (
        'K = {"schedule_interval": "@daily"}\nprint(K["schedule_interval"])\n'
        'with DAG("d", catchup=False, start_date=datetime(2024, 1, 1), **K):\n'
        '    BashOperator(task_id="a", bash_command="a")'
    ),
    "a name that Airflow would fill in": (
        IN + 'for ds in ["a", "b"]:\n        PythonOperator(task_id=ds, python_callable=lambda: f(ds))'
    ),
    "a factory that hands over what its callers give": (
        "def make(n, **kw):\n    return DAG(n, **kw)\nd = make('x', catchup=False)"
    ),
    "a signature that the parameter does not fit into": (
        IN
        + "for i in [1, 2]:\n        def f(\n            x=None,\n            /,\n        ):\n            print(i)\n"
        '        PythonOperator(task_id=f"a{i}", python_callable=f)'
    ),
    "a DAG class of somebody": 'from own import DAG as Own\nOwn("x")',
    "the end of a chain on a line with more": IN + 'a = b = c = EmptyOperator(task_id="a"); a >> b << c',
}
# Rules that ask for more than these few lines have: the cases are about one fix each.
ONLY = "DGA001,DGA002,DGA117,DGA128,DGA129,DGA130,DGA132,DGA135,DGA201,DGA205,DGA311,DGA401,DGA412,DGA601,DGA602,"
ONLY += "DGA603,DGA606,DGA709,DGA313,DGA314,DGA506"


def mend(text, *, unsafe=False):
    return after(f"{HEAD}{text}\n", replace(STRICT, select=tuple(ONLY.split(","))), unsafe=unsafe)


@pytest.mark.parametrize("name", SAFE)
def test_safe_fix(name):
    before, expected = SAFE[name]

    assert mend(before) == f"{HEAD}{expected}\n"


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_fix_is_made_only_when_asked_for(name):
    before, expected = UNSAFE[name]

    assert mend(before) == f"{HEAD}{before}\n"
    assert mend(before, unsafe=True) == f"{HEAD}{expected}\n"


@pytest.mark.parametrize("name", UNTOUCHED)
def test_what_cannot_be_fixed_well_is_left(name):
    assert mend(UNTOUCHED[name]) == f"{HEAD}{UNTOUCHED[name]}\n"


@pytest.mark.parametrize(
    ("encoding", "mark", "end"),
    [
        *[("utf-8", b"", end) for end in ("\n", "\r\n", "\r")],
        *[("utf-8", b"\xef\xbb\xbf", end) for end in ("\n", "\r\n", "\r")],
        *[(name, b"", end) for name in ("latin-1", "cp1251") for end in ("\n", "\r\n")],
    ],
)
def test_encoding_and_line_ends_stay(encoding, mark, end):
    letter = {"cp1251": "ж"}.get(encoding, "é")
    head = f'# -*- coding: {encoding} -*-\nfrom airflow.sdk import DAG\n{letter} = """\n\t{letter}\n"""\n'
    before = (head + f'd = DAG(\n    "x",\n    doc_md="{letter}"\n)\f\n').replace("\n", end).encode(encoding)
    expected = (head + f'd = DAG(\n    "x",\n    doc_md="{letter}",\n    schedule=None\n)\f\n').replace(
        "\n", end
    )

    assert after(mark + before) == mark + expected.encode(encoding)


def test_no_line_end_at_the_end_of_the_file_stays_so():
    assert after('from airflow.sdk import DAG\nd = DAG("x")').endswith('d = DAG("x", schedule=None)')


def test_arguments_that_dicts_hand_over_get_their_new_names():
    before = """
from datetime import datetime
from airflow import DAG
from airflow.operators.bash import BashOperator
A = {"owner": "me", "provide_context": True, "task_concurrency": 2}
K = {"schedule_interval": "@daily"}
with DAG("d", catchup=False, start_date=datetime(2024, 1, 1), default_args=A, **K):
    BashOperator(task_id="a", bash_command="a")
"""

    made = after(before, replace(STRICT, select=("DGA603",)))

    assert 'A = {"owner": "me", "max_active_tis_per_dag": 2}\nK = {"schedule": "@daily"}\n' in made


def test_names_that_moved_come_with_their_imports():
    before = """from datetime import datetime
from airflow.datasets import Dataset
from airflow.operators.dummy import DummyOperator
from airflow.models.dag import DAG
with DAG("d", schedule=[Dataset("a")], catchup=False, start_date=datetime(2024, 1, 1)):
    DummyOperator(task_id="a", outlets=[Dataset("b")])
"""

    made = after(before, replace(STRICT, select=("DGA600",)))

    assert "Dataset" not in made
    assert "from airflow.sdk import Asset\n" in made
    assert "from airflow.providers.standard.operators.empty import EmptyOperator\n" in made
    assert 'EmptyOperator(task_id="a", outlets=[Asset("b")])' in made


def test_text_around_edits_is_the_same_bytes():
    text = "a\r\nb\rc\n\td"
    made = SourceText("a.py", text.encode()).edited(())

    assert made == text.encode()
