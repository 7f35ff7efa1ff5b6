"""Builds the programs of the test cluster from Go modules, once per version, into a per-user cache."""

import fcntl
import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.golang import cache_folder, find_go

KUBERNETES = "1.36.3"
ETCD = "3.7.3"
SOURCES = Path(__file__).parent / "programs"


@dataclass(frozen=True, slots=True)
class Module:
    """A Go module of ours that pins the programs built from it."""

    folder: str
    packages: tuple[str, ...]
    ldflags: str = "-s -w"


def _kubernetes_flags() -> str:
    # Without these the API server reports v0.0.0-master and refuses to emulate its own version.
    major, minor, _ = KUBERNETES.split(".")
    at = "k8s.io/component-base/version"
    return f"-s -w -X {at}.gitVersion=v{KUBERNETES} -X {at}.gitMajor={major} -X {at}.gitMinor={minor}"


CONTROL_PLANE = (
    Module("etcd", ("go.etcd.io/etcd/server/v3",)),
    Module(
        "kubernetes",
        tuple(
            f"k8s.io/kubernetes/cmd/{name}"
            for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
        ),
        _kubernetes_flags(),
    ),
)
NODE = (
    Module(
        "kubernetes",
        ("k8s.io/kubernetes/cmd/kubelet", "k8s.io/kubernetes/cmd/kube-proxy"),
        _kubernetes_flags(),
    ),
    Module("coredns", ("github.com/coredns/coredns",)),
    Module("pause", ("dagaudit.io/tests/cluster/pause",)),
)
HELM = (Module("helm", ("helm.sh/helm/v4/cmd/helm",)),)
_NAMES = {"go.etcd.io/etcd/server/v3": "etcd"}


class BuildFailed(RuntimeError):
    """A program could not be built; the text is the end of the compiler's output."""


def build(modules: tuple[Module, ...]) -> Path:
    """The folder that holds the programs, built if they are not there yet.

    Raises:
        BuildFailed: no Go at hand, or the compiler said no.
    """
    folder = cache_folder() / f"programs-{_digest()}"
    folder.mkdir(parents=True, exist_ok=True)
    for module in modules:
        for package in module.packages:
            program = folder / _NAMES.get(package, package.rsplit("/", 1)[-1])
            if not program.exists():
                _build_once(module, package, program)
    return folder


def _build_once(module: Module, package: str, program: Path) -> None:
    # One lock for each program: whoever needs a built one does not wait for another that is being built.
    with program.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Two test runs may start at once; the second finds the program built.
        if not program.exists():
            _build_one(module, package, program)


def _digest() -> str:
    hashed = hashlib.sha256()
    for path in sorted(path for path in SOURCES.rglob("*") if path.suffix in {".mod", ".sum", ".go"}):
        hashed.update(path.read_bytes())
    return hashed.hexdigest()[:12]


def _build_one(module: Module, package: str, program: Path) -> None:
    go = find_go()
    if go is None:
        raise BuildFailed("no Go found to build the test cluster's programs with; run: make deps")
    unfinished = program.with_suffix(".unfinished")
    done = subprocess.run(
        [go, "build", "-trimpath", "-ldflags", module.ldflags, "-o", str(unfinished), package],
        cwd=SOURCES / module.folder,
        env={
            **os.environ,
            "CGO_ENABLED": "0",
            "GOTOOLCHAIN": "local",
            "GOFLAGS": "-mod=readonly -buildvcs=false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildFailed(f"{package}: {done.stderr[-2000:]}")
    unfinished.rename(program)
