"""`python -m tests.cluster up|down`: the test cluster for somebody who wants to play with it."""

import argparse
import sys

from tests.cluster import cluster
from tests.cluster.node import NodeNeedsMore
from tests.cluster.processes import StartFailed
from tests.cluster.programs import BuildFailed


def main() -> int:
    """Run one verb; the last line of `up` is KUBECONFIG=<absolute path>."""
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("verb", choices=["up", "down"])
    parser.add_argument("--name", default="play", help="several clusters run side by side by their names")
    parser.add_argument(
        "--layer", type=cluster.Layer, choices=list(cluster.Layer), default=cluster.Layer.CONTROL_PLANE
    )
    wanted = parser.parse_args()
    if wanted.verb == "down":
        cluster.down(wanted.name)
        return 0
    try:
        started = cluster.up(wanted.name, wanted.layer)
    except (NodeNeedsMore, BuildFailed, StartFailed) as error:
        cluster.down(wanted.name)
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"KUBECONFIG={started.plane.kubeconfig}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
