"""`dagaudit init`: a commented sample audit.yaml."""

from pathlib import Path
from typing import Annotated

import typer

from dagaudit.errors import SpecInvalid

SAMPLE = """\
# An audit of Airflow DAGs. On a laptop:   dagaudit audit -f audit.yaml
#                          On a cluster:  kubectl apply -f audit.yaml
apiVersion: dagaudit.io/v1alpha1
kind: DagAudit
metadata:
  name: nightly
spec:
  # On a cluster: every night at 02:30 in this time zone. Without a schedule the audit runs only by hand.
  schedule: "30 2 * * *"
  timeZone: Etc/UTC

  # Where the DAG files are: one of s3, git, configMap, persistentVolumeClaim.
  # On a laptop `dagaudit audit ./dags -f audit.yaml` replaces it.
  source:
    s3:
      uri: s3://my-airflow-bucket/dags
      # exclude: ["tests/*", "*.sql.py"]

  airflow:
    # The version that the DAGs must work with.
    targetVersion: "3.3"
    # Where the task logs are; on a laptop `--logs ./logs` replaces it.
    logs:
      s3:
        uri: s3://my-airflow-bucket/logs
      # Where they lie in no bucket and no log group, Airflow itself gives those of failed attempts:
      # api: {}                  # needs airflow.api.url

  # Omitted, every analyzer runs whose input is given.
  # analyzers:
  #   - name: Code
  #     severityFloor: Low
  #     ruleSelector:
  #       profile: Strict        # adds the policy rules: retries, timeouts, owners, tags
  #       exclude: [DGA406]
  #   - name: Logs
  #   - name: Stats

  # The model that judges what the rules found. Without it everything else works the same.
  # llm:
  #   mode: BestEffort
  #   provider: Ollama
  #   endpoint: http://ollama.dagaudit.svc:11434
  #   model: llama3.2

  report:
    # On a laptop `--reports ./reports` replaces it.
    destination:
      s3:
        uri: s3://my-airflow-bucket/dagaudit
    # A report goes when it is neither among the newest 30 nor younger than 90 days.
    retention:
      runs: 30
      days: 90

  # The gate: more findings than these and `dagaudit audit` exits 80.
  thresholds:
    critical: 0
    newFindingsOnly: true
"""


def command(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("audit.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Write a commented sample of a DagAudit."""
    file = path / "audit.yaml" if path.is_dir() else path
    try:
        with file.open("w" if force else "x", encoding="utf-8") as stream:
            stream.write(SAMPLE)
    except FileExistsError:
        raise SpecInvalid(
            f"{file} exists already; choose another path, or overwrite it with --force"
        ) from None
    except OSError as error:
        raise SpecInvalid(f"{file} cannot be written: {error.strerror}; choose another path") from error
    typer.echo(f"{file} is written. Next: edit its addresses, then dagaudit audit -f {file}")
