"""DAG dialects: YAML of dag-factory, in the forms of its releases; we and the real package under Airflow read each."""

LOAD = """
from pathlib import Path
# from airflow import DAG: so that Airflow looks at this file
from dagfactory import load_yaml_dags
load_yaml_dags(globals_dict=globals(), config_filepath=str(Path(__file__).parent / "yaml_conf" / "{name}.yml"))
"""

YAMLS = {
    "tasks_as_lists": """
default:
  default_args: {start_date: 2024-11-11, owner: team, retries: 2}
  catchup: false
listed_dag:
  description: lists
  schedule: "0 3 * * *"
  task_groups:
    - group_name: ingest
      tooltip: x
      dependencies: [begin]
    - group_name: inner
      parent_group_name: ingest
  tasks:
    - task_id: begin
      operator: airflow.providers.standard.operators.bash.BashOperator
      bash_command: "echo 1"
    - task_id: load
      operator: airflow.providers.standard.operators.bash.BashOperator
      bash_command: "echo 2"
      task_group_name: ingest
      retries: 0
    - task_id: deep
      operator: airflow.providers.standard.operators.empty.EmptyOperator
      task_group_name: inner
      dependencies: [load]
    - task_id: end
      operator: airflow.providers.standard.operators.empty.EmptyOperator
      dependencies: [ingest]
      trigger_rule: all_done
""",
    "tasks_as_mappings": """
default: &anchor
  default_args: {start_date: '2023-02-03', retries: 1, retry_delay_sec: 60}
  tags: [shared]
base: &base
  schedule: '@daily'
  tasks:
    only:
      operator: airflow.operators.empty.EmptyOperator
mapped_dag:
  <<: *base
  default_args: {retries: 5}
  tags: [b, a]
  tasks:
    second:
      operator: airflow.operators.bash.BashOperator
      bash_command: 'true'
      dependencies: [first]
    first:
      operator: airflow.operators.bash.BashOperator
      bash_command: 'true'
unscheduled:
  schedule: None
  start_date: 2024-01-01
  timezone: Europe/Berlin
  tasks:
    only: {operator: airflow.operators.empty.EmptyOperator}
""",
    "typed_objects": """
typed_dag:
  start_date: 2024-05-06 07:08:09
  schedule:
    __type__: airflow.timetables.trigger.CronTriggerTimetable
    cron: "0 1 * * 3"
    timezone: UTC
  params: {n: 3}
  max_active_runs: 2
  tasks:
    wait:
      operator: airflow.providers.standard.sensors.time_delta.TimeDeltaSensor
      delta: {__type__: datetime.timedelta, hours: 1}
    after:
      operator: airflow.providers.standard.operators.empty.EmptyOperator
      dependencies: [wait]
on_assets:
  start_date: 2024-01-01
  schedule: [s3://x/a, s3://x/b]
  tasks:
    only: {operator: airflow.providers.standard.operators.empty.EmptyOperator}
on_either:
  start_date: 2024-01-01
  schedule:
    __or__:
      - {__type__: airflow.sdk.Asset, __args__: [one]}
      - __and__:
        - {__type__: airflow.sdk.Asset, name: two}
        - {__type__: airflow.sdk.Asset, name: three}
  tasks:
    only: {operator: airflow.providers.standard.operators.empty.EmptyOperator}
""",
    "expanded": """
expanded_dag:
  default_args: {start_date: 2024-01-01}
  schedule: null
  catchup: true
  tasks:
    numbers:
      operator: airflow.providers.standard.operators.python.PythonOperator
      python_callable: textwrap.dedent
    run:
      operator: airflow.providers.standard.operators.bash.BashOperator
      partial: {retries: 4}
      expand: {bash_command: numbers.output}
      dependencies: [numbers]
    literal:
      operator: airflow.providers.standard.operators.bash.BashOperator
      expand: {bash_command: ["a", "b"]}
    double:
      decorator: airflow.sdk.task
      python_callable: textwrap.dedent
      retries: 3
      text: +numbers
      dependencies: [numbers]
""",
    "old_format": """
default:
  default_args: {owner: default_owner, start_date: 2024-01-01}
  max_active_runs: 1
  default_view: tree
example_dag1:
  default_args: {owner: custom_owner, start_date: 2024-01-02}
  description: 'this is an example dag'
  schedule: '@hourly'
  render_template_as_native_obj: True
  tasks:
    task_1: {operator: airflow.operators.bash.BashOperator, bash_command: echo 1}
    task_2: {operator: airflow.operators.bash.BashOperator, bash_command: echo 2, dependencies: [task_1]}
    task_3: {operator: airflow.operators.bash.BashOperator, bash_command: echo 3, dependencies: [task_1, task_2]}
example_dag2:
  task_groups:
    group_a: {tooltip: a}
    group_b: {tooltip: b, dependencies: [group_a]}
  tasks:
    task_1: {operator: airflow.operators.bash.BashOperator, bash_command: echo 1, task_group_name: group_a}
    task_2: {operator: airflow.operators.bash.BashOperator, bash_command: echo 2, task_group_name: group_b, dependencies: [task_1]}
""",
}

CASES = {f"yaml_{name}": LOAD.format(name=name) for name in YAMLS} | {
    "yaml_folder": """
import os  # airflow dag
import dagfactory
dagfactory.load_yaml_dags(globals_dict=globals(), dags_folder=os.path.join(os.path.dirname(__file__), "yaml_folder_conf"), defaults_config_path=os.path.dirname(__file__))
""",
    "yaml_of_a_dict": """
from dagfactory import load_yaml_dags  # airflow dag
CONFIG = {
    f"dict_{name}": {
        "schedule": None,
        "default_args": {"start_date": datetime(2024, 1, 1)},
        "tasks": [{"task_id": t, "operator": "airflow.providers.standard.operators.empty.EmptyOperator"} for t in tasks],
    }
    for name, tasks in {"one": ["a"], "two": ["a", "b"]}.items()
}
load_yaml_dags(globals(), config_dict=CONFIG, defaults_config_dict={"default_args": {"retries": 3}})
""",
}

_SMALL = """
{name}:
  start_date: 2024-01-01
  schedule: '@once'
  tasks:
    - {{task_id: only, operator: airflow.providers.standard.operators.empty.EmptyOperator}}
"""
FILES = {f"yaml_conf/{name}.yml": text for name, text in YAMLS.items()} | {
    "yaml_folder_conf/one.yaml": _SMALL.format(name="folder_one"),
    "yaml_folder_conf/deeper/two.yml": _SMALL.format(name="folder_two"),
    "yaml_folder_conf/broken.yml": "broken:\n  tasks:\n    - {operator: x}\n",
    "yaml_folder_conf/defaults.yml": "default_args: {retries: 6}\ntags: [of_folder]\n",
}
