"""`python -m tests.cluster up|down|images|deploy`: the test cluster for somebody who wants to play with it."""

import argparse
import sys

from tests.cluster import cluster, deploy, images, kind, node
from tests.cluster.docker import DockerMissing
from tests.cluster.node import NodeNeedsMore
from tests.cluster.processes import StartFailed
from tests.cluster.programs import BuildFailed


def main() -> int:
    """Run one verb; the last line of `up` is KUBECONFIG=<absolute path>."""
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("verb", choices=["up", "down", "images", "deploy"])
    parser.add_argument("--name", default="play", help="several clusters run side by side by their names")
    parser.add_argument(
        "--layer", type=cluster.Layer, choices=list(cluster.Layer), default=cluster.Layer.CONTROL_PLANE
    )
    parser.add_argument(
        "--on", choices=["here", "kind"], default="here", help="kind needs Docker and its images"
    )
    wanted = parser.parse_args()
    try:
        verbs = _ON_KIND if wanted.on == "kind" else _VERBS
        return verbs[wanted.verb](wanted.name, wanted.layer)
    except (NodeNeedsMore, BuildFailed, StartFailed, DockerMissing) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _up(name: str, layer: cluster.Layer) -> int:
    try:
        started = cluster.up(name, layer)
    except BaseException:
        cluster.down(name)
        raise
    print(f"KUBECONFIG={started.kubeconfig}")
    return 0


def _down(name: str, layer: cluster.Layer) -> int:
    del layer
    cluster.down(name)
    return 0


def _images(name: str, layer: cluster.Layer) -> int:
    del layer
    for built, archive in images.build_all().items():
        print(f"dagaudit/{built}:{images.TAG}")
        if cluster.folder_of(name).exists():
            running = cluster.attach(name)
            assert running.node is not None
            node.load_image(running.node, archive)
    return 0


def _deploy(name: str, layer: cluster.Layer) -> int:
    del layer
    running = cluster.attach(name)
    deploy.everything(running)
    print(f"KUBECONFIG={running.kubeconfig}")
    return 0


def _kind_up(name: str, layer: cluster.Layer) -> int:
    del layer
    print(f"KUBECONFIG={kind.up(name)}")
    return 0


def _kind_down(name: str, layer: cluster.Layer) -> int:
    del layer
    kind.down(name)
    return 0


def _kind_images(name: str, layer: cluster.Layer) -> int:
    del layer
    print("\n".join(kind.load_images(name)))
    return 0


def _kind_deploy(name: str, layer: cluster.Layer) -> int:
    del layer
    kubeconfig = cluster.kubeconfig_of(name, "kind")
    deploy.everything(cluster.Running(kubeconfig, None))
    print(f"KUBECONFIG={kubeconfig}")
    return 0


_ON_KIND = {"up": _kind_up, "down": _kind_down, "images": _kind_images, "deploy": _kind_deploy}
_VERBS = {"up": _up, "down": _down, "images": _images, "deploy": _deploy}


if __name__ == "__main__":
    sys.exit(main())
