"""One test cluster by its name: up, down, and sweeping what a killed one left."""

import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.cluster import control_plane, node, programs, sandbox
from tests.cluster.control_plane import ControlPlane
from tests.cluster.node import Node
from tests.cluster.processes import Processes, StartFailed

MAX_CLUSTERS = 200


class Layer(StrEnum):
    """How much of a cluster."""

    CONTROL_PLANE = "control-plane"
    NODE = "node"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster."""

    name: str
    plane: ControlPlane
    node: Node | None

    def kubectl(self, *words: str, stdin: str | None = None) -> str:
        """Run kubectl as the administrator; its output."""
        program = programs.build(programs.CONTROL_PLANE) / "kubectl"
        done = subprocess.run(
            [str(program), f"--kubeconfig={self.plane.kubeconfig}", *words],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"kubectl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout


def folder_of(name: str) -> Path:
    """Where a cluster of that name keeps its files."""
    return Path(tempfile.gettempdir()) / f"dagaudit-cluster-{os.getuid()}" / name


def up(name: str, layer: Layer) -> Cluster:
    """Start a cluster, after sweeping what one of the same name left.

    Raises:
        NodeNeedsMore: the machine lacks what a node is made of.
        BuildFailed: a program could not be built.
        StartFailed: a program did not start; its log's tail is in the text.
    """
    if layer is Layer.NODE:
        node.check_needs()
    down(name)
    folder = folder_of(name)
    folder.mkdir(parents=True, mode=0o700)
    if layer is Layer.CONTROL_PLANE:
        return Cluster(name, control_plane.start(folder), None)
    number = _take_number(folder)
    sandbox.plug(number)
    plane = control_plane.start(folder, sandbox.HOST_ADDRESS.format(number=number))
    cluster = Cluster(name, plane, node.start(plane, number))
    _wait_until_ready(cluster)
    return cluster


def down(name: str) -> None:
    """End a cluster and remove all that it left; a cluster that is not there is no error."""
    folder = folder_of(name)
    if not folder.exists():
        return
    Processes(folder).stop_all()
    number = folder / "number"
    if number.exists():
        sandbox.unplug(int(number.read_text()))
    shutil.rmtree(folder, ignore_errors=True)


def _take_number(folder: Path) -> int:
    taken = {int(path.read_text()) for path in folder.parent.glob("*/number")}
    number = next(number for number in range(MAX_CLUSTERS) if number not in taken)
    (folder / "number").write_text(str(number))
    return number


def _wait_until_ready(cluster: Cluster, seconds: float = 90) -> None:
    assert cluster.node is not None
    query = "jsonpath={.status.conditions[?(@.type=='Ready')].status}"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if cluster.kubectl("get", "node", cluster.node.name, "-o", query) == "True":
                return
        except RuntimeError:
            if cluster.plane.processes.process("kubelet") is None:
                break
        time.sleep(0.2)
    raise StartFailed(f"the node is not Ready: {cluster.plane.processes.log_tail('kubelet')}")
