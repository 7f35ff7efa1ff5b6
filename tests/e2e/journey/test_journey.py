"""The mission's own path, on a real node: install, apply, run, read, upgrade, roll back, uninstall.

The tests of this file are one journey, in this order; each builds on what the one before left.
"""

import json
import shutil
import time

import pytest
import yaml
from playwright.sync_api import sync_playwright

from tests.cluster import deploy, node
from tests.cluster.cluster import Cluster
from tests.e2e.journey.conftest import ROOT, audit, cloudwatch, forwarded, s3
from tests.e2e.journey.streams import fill, from_files, watching_audit

NAMESPACE = deploy.NAMESPACE
UNEQUAL = ("started_at", "ended_at", "seconds", "detail", "first_seen", "since")
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]

pytestmark = pytest.mark.xdist_group("journey")


def kubectl(site: Cluster, *words: str) -> str:
    return site.kubectl("--namespace", NAMESPACE, *words)


def run_now(site: Cluster, value: str, name: str = "nightly") -> None:
    kubectl(site, "annotate", "dagaudit", name, f"dagaudit.io/run-now={value}", "--overwrite")


def status(site: Cluster, name: str = "nightly") -> dict:
    return json.loads(kubectl(site, "get", "dagaudit", name, "-o", "json")).get("status") or {}


def eventually(holds, seconds: float = 120):
    deadline = time.monotonic() + seconds
    while not (value := holds()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.3)
    return value


def ended_run(site: Cluster, count: int, name: str = "nightly", seconds: float = 300) -> dict:
    """The newest run, once so many of the audit's have ended."""
    eventually(lambda: len(status(site, name).get("history") or []) >= count, seconds)
    return status(site, name)["lastRun"]


def latest_report(site: Cluster, name: str = "nightly") -> dict:
    root = f"audits/{NAMESPACE}/{name}"
    with s3(site) as client:
        latest = json.loads(client.get_object(Bucket="reports", Key=f"{root}/latest.json")["Body"].read())
        key = f"{root}/{latest['path']}/final_dashboard_data.json"
        return json.loads(client.get_object(Bucket="reports", Key=key)["Body"].read())


def test_applied_audit_becomes_ready(site: Cluster):
    site.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(audit()))

    kubectl(site, "wait", "dagaudit/nightly", "--for=condition=Ready", "--timeout=60s")

    assert kubectl(site, "get", "cronjob", "nightly", "-o", "jsonpath={.spec.schedule}") == "0 2 * * *"


def test_run_by_hand_puts_a_whole_report_into_s3(site: Cluster):
    run_now(site, "first")

    run = ended_run(site, 1)

    assert run["result"] == "Succeeded"
    assert run["findings"]["critical"] >= 1
    report = latest_report(site)
    assert report["status"] == "ok"
    assert report["totals"]["findings"] > 0
    assert report["totals"]["causes"] > 0
    assert run["reportURI"].endswith(report["report_id"])


def test_run_in_shards_says_what_one_pod_says(site: Cluster):
    execution = {"mode": "Sharded", "shards": 3, "parallelism": 2}
    site.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(audit("sharded", execution=execution)))
    run_now(site, "1", "sharded")

    run = ended_run(site, 1, "sharded")

    assert run["result"] == "Succeeded"
    alone, sharded = latest_report(site), latest_report(site, "sharded")
    for part in ("totals", "sections", "attention", "dags"):
        assert without_times(sharded[part]) == without_times(alone[part]), part
    pods = kubectl(site, "get", "pods", "-l", "dagaudit.io/audit=sharded", "-o", "name").split()
    assert len(pods) == 4
    kubectl(site, "delete", "dagaudit", "sharded")


def without_times(value):
    """Of two reports on the same source, all that has to be equal."""
    if isinstance(value, dict):
        return {key: without_times(one) for key, one in value.items() if key not in UNEQUAL}
    return [without_times(one) for one in value] if isinstance(value, list) else value


def test_second_run_says_nothing_new(site: Cluster):
    run_now(site, "second")

    run = ended_run(site, 2)

    assert run["findings"]["new"] == 0
    assert latest_report(site)["since_last"]["findings"]["new"] == 0


def test_failures_in_cloudwatch_are_explained(site: Cluster, tmp_path):
    group = "airflow-prod-Task"
    with cloudwatch(site) as client:
        fill(client, group)
    site.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(watching_audit(group)))

    run_now(site, "1", "watched")
    run = ended_run(site, 1, "watched")

    assert run["result"] == "Succeeded"
    report = latest_report(site, "watched")
    logs = from_files(tmp_path)
    assert {cause["title"] for cause in report["causes"]} == {cause.title for cause in logs.causes}
    assert report["totals"]["failed_attempts"] == sum(cause.attempts for cause in logs.causes)
    assert len(report["causes"]) > 4
    kubectl(site, "delete", "dagaudit", "watched")


def test_dashboard_shows_the_report(site: Cluster):
    deploy.dashboard(site, f"s3://reports/audits/{NAMESPACE}/nightly")
    report = latest_report(site)

    with forwarded(site, "dagaudit-dashboard", 80) as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/", wait_until="domcontentloaded")
        page.get_by_text(f"{report['totals']['failed_attempts']} failed attempts").first.wait_for(
            timeout=60_000
        )
        browser.close()


def test_model_judges_when_there_is_one(site: Cluster):
    claim = tiny_model(site)
    deploy.ollama(site, claim)
    llm = {
        "endpoint": "http://dagaudit-ollama.dagaudit.svc:11434",
        "model": "tiny",
        "contextLength": 2048,
        "budget": {"maxCallsPerRun": 3},
    }
    site.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(audit(llm=llm)))

    run_now(site, "with-model")
    run = ended_run(site, 3)

    # A random model says nonsense; the report is whole all the same, and says what was asked.
    assert run["result"] in ("Succeeded", "Partial")
    assert 0 < latest_report(site)["sections"]["code"]["llm"]["calls"] <= 3


def tiny_model(site: Cluster) -> str:
    """A volume of this machine with the tiny model in it, and the claim on it."""
    from tests.e2e.ollama import server as tiny

    home = site.node.folder / "ollama"
    home.mkdir()
    program = tiny.build()
    server = tiny.Server(program, home)
    try:
        tiny.create_model(program, server, home)
    finally:
        server.stop()
    models = home / "models"
    models.chmod(0o777)
    for path in models.rglob("*"):
        path.chmod(0o777 if path.is_dir() else 0o666)
    size = {"storage": "1Gi"}
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "models"},
        "spec": {
            "capacity": size,
            "accessModes": ["ReadWriteOnce"],
            "hostPath": {"path": str(models)},
            "storageClassName": "by-hand",
        },
    }
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "models", "namespace": NAMESPACE},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": size},
            "storageClassName": "by-hand",
            "volumeName": "models",
        },
    }
    deploy.apply(site, volume, claim)
    return "models"


def test_helm_test_runs_a_real_audit(site: Cluster):
    assert "Succeeded" in site.helm("test", "dagaudit-operator", "--namespace", NAMESPACE, "--timeout=120s")


def test_run_out_of_memory_says_so(site: Cluster):
    small = audit("small", execution={"backoffLimitPerShard": 0})
    small["spec"]["pod"]["resources"] = {"requests": {"memory": "20Mi"}, "limits": {"memory": "20Mi"}}
    site.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(small))
    run_now(site, "1", "small")

    eventually(lambda: _condition(site, "small", "LastRunSucceeded").get("status") == "False")

    assert _condition(site, "small", "LastRunSucceeded")["reason"] in ("OOMKilled", "ExitCode137")
    kubectl(site, "delete", "dagaudit", "small")


def test_missing_image_says_so(site: Cluster):
    missing = audit("missing")
    missing["spec"]["pod"]["image"] = "dagaudit/nowhere:1"
    site.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(missing))
    run_now(site, "1", "missing")

    eventually(lambda: "Image" in _condition(site, "missing", "LastRunSucceeded").get("reason", ""))

    assert "dagaudit/nowhere:1" in _condition(site, "missing", "LastRunSucceeded")["message"]
    kubectl(site, "delete", "dagaudit", "missing")


def _condition(site: Cluster, name: str, kind: str) -> dict:
    found = [one for one in status(site, name).get("conditions") or [] if one["type"] == kind]
    return found[0] if found else {}


def test_upgrade_during_a_run_loses_nothing(site: Cluster, tmp_path):
    """A changed image, a changed value and a new field of the CRD, while a run is going."""
    done = len(status(site)["history"])
    charts = tmp_path / "charts"
    shutil.copytree(ROOT / "charts", charts)
    template = charts / "dagaudit-operator/charts/dagaudit-crds/templates/dagaudits.yaml"
    text = template.read_text()
    field = " " * 14 + "suspend:\n"
    assert text.count(field) == 1
    template.write_text(text.replace(field, " " * 14 + "note:\n" + " " * 16 + "type: string\n" + field))
    node.tag_image(site.node, "dagaudit/operator:test", "dagaudit/operator:next")
    run_now(site, "during-upgrade")
    eventually(lambda: status(site).get("activeRuns"))

    deploy.operator(site, "--set=image.tag=next", "--set=logLevel=debug", charts=charts)

    assert ended_run(site, done + 1)["result"] in ("Succeeded", "Partial")
    site.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(audit(note="new field")))
    assert kubectl(site, "get", "dagaudit", "nightly", "-o", "jsonpath={.spec.note}") == "new field"
    kubectl(site, "wait", "dagaudit/nightly", "--for=condition=SpecValid=False", "--timeout=60s")
    site.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(audit()))


def test_rollback_goes_back(site: Cluster):
    site.helm("rollback", "dagaudit-operator", "1", "--namespace", NAMESPACE, *deploy.WAIT)

    image = "jsonpath={.spec.template.spec.containers[0].image}"
    assert kubectl(site, "get", "deploy", "dagaudit-operator", "-o", image) == "dagaudit/operator:test"
    kubectl(site, "wait", "dagaudit/nightly", "--for=condition=Ready", "--timeout=60s")


def test_uninstall_leaves_audits_and_reports(site: Cluster):
    for release in ("dagaudit-dashboard", "dagaudit-ollama", "dagaudit-operator"):
        site.helm("uninstall", release, "--namespace", NAMESPACE, "--wait")

    assert "nightly" in kubectl(site, "get", "dagaudits", "-o", "name")
    assert latest_report(site)["report_id"]
