"""What the charts render, by the real Helm."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.cluster import programs

CHARTS = Path(__file__).parents[3] / "charts"
NAMES = ["dagaudit-crds", "dagaudit-operator", "dagaudit-dashboard", "dagaudit-ollama", "dagaudit"]
REPORTS = ("--set", "reports=s3://reports/audits")
ALB = (*REPORTS, "--set", "ingress.enabled=true", "--set", "ingress.alb.certificateArn=arn:aws:acm:x")
MODES = ("metrics.serviceMonitor", "metrics.prometheusRule")


@pytest.fixture(scope="session")
def helm() -> Path:
    return programs.build(programs.HELM) / "helm"


def render(helm: Path, chart: str, *words: str) -> list[dict]:
    done = subprocess.run(
        [helm, "template", "release", CHARTS / chart, "--namespace", "dagaudit", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [one for one in yaml.safe_load_all(done.stdout) if one]


def refusal(helm: Path, chart: str, *words: str) -> str:
    done = subprocess.run(
        [helm, "template", "release", CHARTS / chart, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    return done.stderr


def of_kind(rendered: list[dict], kind: str) -> list[dict]:
    return [one for one in rendered if one["kind"] == kind]


def pod_specs(rendered: list[dict]) -> list[dict]:
    found = [one["spec"] for one in of_kind(rendered, "Pod")]
    return found + [
        one["spec"]["template"]["spec"] for kind in ("Deployment", "Job") for one in of_kind(rendered, kind)
    ]


@pytest.mark.parametrize("chart", NAMES)
def test_chart_passes_lint(helm, chart):
    words = REPORTS if chart == "dagaudit-dashboard" else ()

    subprocess.run([helm, "lint", "--strict", CHARTS / chart, *words], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("chart", "words"), [("dagaudit-operator", ()), ("dagaudit-dashboard", REPORTS), ("dagaudit-ollama", ())]
)
def test_every_pod_is_restricted(helm, chart, words):
    for spec in pod_specs(render(helm, chart, *words)):
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in spec["containers"]:
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["readOnlyRootFilesystem"] is True
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize("chart", NAMES)
def test_unknown_value_is_refused(helm, chart):
    assert "nonsense" in refusal(helm, chart, *REPORTS, "--set", "nonsense=1")


def test_digest_beats_tag(helm):
    digest = "sha256:" + "a" * 64
    words = ("--set", f"image.digest={digest}", "--set", "global.imageRegistry=registry.example.com")

    deployment = of_kind(render(helm, "dagaudit-operator", *words), "Deployment")[0]

    image = deployment["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == f"registry.example.com/dagaudit/operator@{digest}"


def test_operator_may_read_no_secret_and_nothing_by_wildcard(helm):
    rendered = render(helm, "dagaudit-operator", "--set", "llm.deployment=llm/ollama")

    for role in of_kind(rendered, "ClusterRole") + of_kind(rendered, "Role"):
        for rule in role["rules"]:
            assert "secrets" not in rule["resources"]
            assert "*" not in rule["resources"] + rule["verbs"] + rule["apiGroups"]


def test_operator_of_some_namespaces_has_no_cluster_role(helm):
    rendered = render(helm, "dagaudit-operator", "--set", "watchNamespaces={one,two}")

    assert not of_kind(rendered, "ClusterRole")
    assert {"one", "two"} <= {one["metadata"]["namespace"] for one in of_kind(rendered, "Role")}


@pytest.mark.parametrize("monitor", MODES)
def test_monitor_follows_its_render_mode(helm, monitor):
    on = ("--set", f"{monitor}.enabled=true")
    kind = "ServiceMonitor" if "Monitor" in monitor else "PrometheusRule"

    assert not of_kind(render(helm, "dagaudit-operator", *on), kind)
    always = render(helm, "dagaudit-operator", *on, "--set", f"{monitor}.renderMode=alwaysRender")
    assert of_kind(always, kind)
    assert "not known" in refusal(
        helm, "dagaudit-operator", *on, "--set", f"{monitor}.renderMode=failIfMissing"
    )


def test_every_alert_has_a_runbook(helm):
    words = [f"--set=metrics.prometheusRule.{one}" for one in ("enabled=true", "renderMode=alwaysRender")]

    rules = of_kind(render(helm, "dagaudit-operator", *words), "PrometheusRule")[0]["spec"]["groups"][0][
        "rules"
    ]

    pages = {path.name for path in (CHARTS.parent / "docs" / "runbooks").glob("*.md")}
    assert rules
    assert all(Path(rule["annotations"]["runbook_url"]).name in pages for rule in rules)


def test_crds_stay_when_the_release_goes(helm):
    for definition in of_kind(render(helm, "dagaudit-crds"), "CustomResourceDefinition"):
        assert definition["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"


def test_ingress_has_the_safe_defaults(helm):
    ingress = of_kind(render(helm, "dagaudit-dashboard", *ALB), "Ingress")[0]

    given = {key.split("/")[1]: value for key, value in ingress["metadata"]["annotations"].items()}
    assert (given["scheme"], given["target-type"], given["ssl-redirect"]) == ("internal", "ip", "443")
    assert given["ssl-policy"].startswith("ELBSecurityPolicy-TLS13")
    assert "stickiness.enabled=true" in given["target-group-attributes"]
    paths = [one["path"] for one in ingress["spec"]["rules"][0]["http"]["paths"]]
    assert paths == ["/_stcore/metrics", "/_stcore/agent", "/"]


@pytest.mark.parametrize("words", [(), ("--set", "ingress.alb.inboundCidrs={0.0.0.0/0}")])
def test_page_open_to_the_world_is_refused(helm, words):
    facing = ("--set", "ingress.alb.scheme=internet-facing", *words)

    assert "internet-facing" in refusal(helm, "dagaudit-dashboard", *ALB, *facing)


def test_oidc_lets_the_controller_read_one_secret(helm):
    words = ("--set", "ingress.alb.auth=oidc", "--set", "ingress.alb.oidc.secretName=client")

    rendered = render(helm, "dagaudit-dashboard", *ALB, *words)

    given = of_kind(rendered, "Ingress")[0]["metadata"]["annotations"]
    assert json.loads(given["alb.ingress.kubernetes.io/auth-idp-oidc"])["secretName"] == "client"
    assert of_kind(rendered, "Role")[0]["rules"][0]["resourceNames"] == ["client"]


def test_model_asks_for_its_gpu(helm):
    deployment = of_kind(render(helm, "dagaudit-ollama"), "Deployment")[0]

    pod = deployment["spec"]["template"]["spec"]
    assert pod["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert pod["tolerations"][0]["key"] == "nvidia.com/gpu"


@pytest.mark.parametrize("value", ["null", '{"limits": null}', '{"limits": {"memory": null}}'])
def test_limits_of_the_model_cannot_get_lost(helm, value):
    refusal(helm, "dagaudit-ollama", "--set-json", f"resources={value}")


def test_model_is_ready_only_with_its_models(helm):
    deployment = of_kind(render(helm, "dagaudit-ollama", "--set", "models={one,two}"), "Deployment")[0]

    probe = deployment["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]["exec"]["command"]
    assert "ollama show one" in probe[2]
    assert "ollama show two" in probe[2]


def test_replicas_are_left_to_whoever_owns_them(helm):
    deployment = of_kind(render(helm, "dagaudit-ollama", "--set", "scaledByOperator=true"), "Deployment")[0]

    assert "replicas" not in deployment["spec"]


def test_new_chart_version_restarts_nobody(helm, tmp_path):
    first = of_kind(render(helm, "dagaudit-ollama"), "Deployment")[0]["spec"]["template"]

    assert "0.1.0" not in json.dumps(first["metadata"]["labels"])
    assert "helm.sh/chart" not in json.dumps(first)


def test_umbrella_holds_all(helm):
    words = [f"--set=dagaudit-{name}.enabled=true" for name in ("dashboard", "ollama")]

    rendered = render(helm, "dagaudit", *words, "--set", "dagaudit-dashboard.reports=s3://reports/audits")

    assert {one["metadata"]["name"] for one in of_kind(rendered, "Deployment")} == {
        "release-operator",
        "release-dashboard",
        "release-ollama",
    }
