"""The EKS files: the fields that matter, and rights that are no wider than they must be."""

import json
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "eksctl"
CLUSTER = yaml.safe_load((FOLDER / "cluster.yaml").read_text())
GROUPS = {one["name"]: one for one in CLUSTER["managedNodeGroups"]}
POLICIES = sorted((FOLDER / "iam").glob("*.json"))
# Actions that AWS cannot limit to a resource.
UNLIMITED = {"logs:DescribeLogGroups"}


@pytest.mark.parametrize("name", ["cluster.yaml", "cluster-auto.yaml"])
def test_version_is_pinned_and_costs_no_extended_support(name):
    config = yaml.safe_load((FOLDER / name).read_text())

    assert config["metadata"]["version"] == "1.36"
    assert config["upgradePolicy"]["supportType"] == "STANDARD"


def test_gpu_group_is_empty_until_somebody_needs_it():
    gpu = GROUPS["gpu"]

    assert (gpu["minSize"], gpu["desiredCapacity"]) == (0, 0)
    assert gpu["propagateASGTags"] is True
    assert gpu["taints"] == [{"key": "nvidia.com/gpu", "value": "true", "effect": "NoSchedule"}]
    assert len(gpu["availabilityZones"]) == 1


def test_gpu_nodes_bring_their_driver():
    assert GROUPS["gpu"]["amiFamily"] == "Bottlerocket"


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_nodes_are_private_and_their_disks_encrypted(name):
    group = GROUPS[name]

    assert group["privateNetworking"]
    assert group["volumeEncrypted"]
    assert group["disableIMDSv1"]
    assert group["disablePodIMDS"]


def test_network_policies_are_enforced():
    cni = next(one for one in CLUSTER["addons"] if one["name"] == "vpc-cni")

    assert json.loads(cni["configurationValues"]) == {"enableNetworkPolicy": "true"}


@pytest.mark.parametrize("name", ["cluster.yaml", "cluster-auto.yaml"])
def test_policies_in_files_are_those_of_the_cluster(name):
    config = yaml.safe_load((FOLDER / name).read_text())
    inline = {
        one["serviceAccountName"]: one["permissionPolicy"]
        for one in config["iam"]["podIdentityAssociations"]
        if "permissionPolicy" in one
    }

    assert {path.stem: json.loads(path.read_text()) for path in POLICIES} == inline


@pytest.mark.parametrize("path", POLICIES, ids=[path.stem for path in POLICIES])
def test_policy_grants_no_more_than_it_must(path):
    for statement in json.loads(path.read_text())["Statement"]:
        assert not [action for action in statement["Action"] if "*" in action]
        if statement["Resource"] == "*":
            assert set(statement["Action"]) <= UNLIMITED


def test_dashboard_only_reads():
    policy = json.loads((FOLDER / "iam" / "dagaudit-dashboard.json").read_text())

    actions = {action for statement in policy["Statement"] for action in statement["Action"]}

    assert actions == {"s3:GetObject", "s3:ListBucket"}
