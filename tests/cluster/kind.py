"""The same verbs on kind, where Docker and its node images are within reach."""

import shutil
import subprocess
from pathlib import Path

from tests.cluster.cluster import folder_of, kubeconfig_of
from tests.cluster.docker import base_image, docker
from tests.cluster.images import EVERY, TAG, build
from tests.cluster.processes import StartFailed

CONFIG = Path(__file__).parent / "kind.yaml"


def up(name: str) -> Path:
    """Start a cluster; the path of its kubeconfig.

    Raises:
        StartFailed: kind is not there, or said no.
    """
    kubeconfig = kubeconfig_of(name, "kind")
    kubeconfig.parent.mkdir(parents=True, exist_ok=True)
    place = ("--config", str(CONFIG), "--kubeconfig", str(kubeconfig))
    _kind("create", "cluster", "--name", name, *place, "--wait", "120s")
    return kubeconfig


def down(name: str) -> None:
    """Delete it; one that is not there is no error."""
    _kind("delete", "cluster", "--name", name)
    shutil.rmtree(folder_of(f"kind-{name}"), ignore_errors=True)


def load_images(name: str) -> list[str]:
    """Build every image with the daemon that kind uses, and load them into the cluster; their tags."""
    tags = [f"dagaudit/{one}:{TAG}" for one in EVERY]
    with docker() as daemon:
        base = base_image(daemon)
        for one in EVERY:
            build(daemon, base, one)
    _kind("load", "docker-image", "--name", name, *tags)
    return tags


def _kind(*words: str) -> None:
    program = shutil.which("kind")
    if program is None:
        raise StartFailed("kind is not installed; run: go install sigs.k8s.io/kind@v0.33.0")
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise StartFailed(f"kind {' '.join(words)}: {done.stderr.strip()[-2000:]}")
