"""Signatures of Kubernetes and node trouble: the task is innocent, a retry often helps."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Scope, Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_infra = partial(Signature, category=Category.INFRA_K8S, owner=CauseOwner.PLATFORM, retryable=True, weight=3)

SIGNATURES = (
    _infra(
        id="pod-evicted",
        pattern=(
            r"\breason['\": =]{1,5}Evicted|The node was low on resource|pod .{0,120}was evicted"
            r"|(?<![\w-])Evicted\b(?!-)"
        ),
        literals=("evicted", "low on resource"),
        title="The pod was evicted from its node",
        advice="Set requests that match the use, and look at the node's pressure at that time.",
        positive="Pod etl-1 failed: reason: Evicted, message: The node was low on resource: memory",
        negative="Pod etl-1 succeeded",
    ),
    _infra(
        id="pod-preempted",
        pattern=(
            r"(?<![\w-])Preempt(?:ed|ing|ion)\b(?!-)|spot (?:instance )?interruption|DisruptionTarget"
            r"|TerminationByKubelet"
        ),
        literals=("preempt", "spot ", "disruptiontarget", "terminationbykubelet"),
        title="The pod was preempted, or its spot node taken away",
        advice="Run long tasks on nodes that are not spot, or make them able to go on where they stopped.",
        positive="Pod was Preempted by a pod with higher priority",
        negative="spotify export done",
    ),
    _infra(
        id="node-lost",
        pattern=(
            r"\bNodeLost\b|node(?: \S{1,80})? (?:is |was )?(?:not ready|lost|unreachable)\b|NodeNotReady"
            r"|NodeShutdown|Shutdown of node"
        ),
        literals=("nodelost", "not ready", "node", "nodenotready", "nodeshutdown"),
        title="The node that ran the pod was lost",
        advice="Look at the node's events; a retry on another node usually works.",
        positive="Pod failed: NodeLost: Node ip-10-0-0-3 which was running pod is unresponsive",
        negative="cluster has 3 node groups",
    ),
    _infra(
        id="image-pull",
        retryable=False,
        pattern=(
            r"ImagePullBackOff|ErrImagePull|InvalidImageName"
            r"|Failed to pull image \"?(?P<subject>[^\"\s]{1,160})|pull access denied"
        ),
        literals=(
            "imagepullbackoff",
            "errimagepull",
            "invalidimagename",
            "failed to pull image",
            "pull access denied",
        ),
        title="The image {subject} cannot be pulled",
        nobody="of the pod",
        advice="Check the image's name and tag, and the registry's credentials of the namespace.",
        shared=True,
        positive='Failed to pull image "registry.example/etl:9": not found',
        negative="Image pulled in 3s",
    ),
    _infra(
        id="crash-loop",
        retryable=False,
        pattern=r"CrashLoopBackOff|RunContainerError|CreateContainer(?:Config)?Error|StartError",
        literals=("crashloopbackoff", "runcontainererror", "createcontainer", "starterror"),
        title="The pod's container does not start",
        advice="Read the container's first lines; check its command, its ConfigMaps and its Secrets.",
        positive="Pod is in CrashLoopBackOff",
        negative="Pod is Running",
    ),
    _infra(
        id="unschedulable",
        pattern=(
            r"FailedScheduling|Insufficient (?:cpu|memory|nvidia|ephemeral|pods)\b"
            r"|didn't match (?:Pod's )?node (?:affinity|selector)|untolerated taint|Unschedulable"
            r"|FailedMount|FailedAttachVolume"
        ),
        literals=(
            "failedscheduling",
            "insufficient",
            "didn't match",
            "untolerated",
            "unschedulable",
            "failedmount",
            "failedattachvolume",
        ),
        title="No node can take the pod",
        advice="Lower the requests, or let the cluster grow; check taints and selectors.",
        positive="0/3 nodes are available: 3 Insufficient memory.",
        negative="Insufficient funds",
    ),
    _infra(
        id="pod-start-timeout",
        pattern=(
            r"Pod took (?:longer than|too long)|took longer than \d+ seconds to (?:start|be scheduled)"
            r"|startup_timeout_seconds"
        ),
        literals=("pod took", "took longer than", "startup_timeout"),
        title="The pod did not start in time",
        advice=(
            "Look at the pod's events: scheduling, image pull or volumes; raise "
            "startup_timeout_seconds if it is just slow."
        ),
        positive="PodLaunchFailedException: Pod took longer than 120 seconds to start.",
        negative="Query took longer than usual",
    ),
    _infra(
        id="kubernetes-api-error",
        exceptions=("ApiException",),
        pattern=r"\((?:409|410|5\d\d)\)\s*Reason: (?P<subject>[^\n]{1,40})",
        weight=4,
        title="Kubernetes' API server answers with an error ({subject})",
        advice="Look at the control plane and its webhooks at that time; retry with growing pauses.",
        positive="ApiException: (500)\nReason: Internal Server Error",
        negative="ApiException: (404)\nReason: Not Found",
    ),
    _infra(
        id="pod-gone",
        exceptions=("PodNotFoundException", "PodReconciliationError", "PodLaunchTimeoutException"),
        title="The task's pod is gone, or did not come",
        advice="Look at the pod's events, and at what deletes pods in that namespace.",
        positive="PodNotFoundException: Could not find a pod with labels dag_id=shop",
        negative="Pod etl-1 succeeded",
    ),
    _infra(
        id="duplicate-pods",
        pattern=r"More than one pod running with labels",
        literals=("more than one pod",),
        title="Two pods carry the same labels, so the operator cannot tell its own",
        advice="Delete the left-over pod; set reattach_on_restart or random_name_suffix.",
        positive="AirflowException: More than one pod running with labels dag_id=x",
        negative="One pod running",
    ),
    _infra(
        id="pod-failed-for-none",
        confidence=Confidence.SUSPECTED,
        pattern=r"Pod failed because of None",
        literals=("pod failed because of none",),
        title="The worker's pod failed, and Airflow does not know why",
        advice="Look at the pod's container status: it is often OOMKilled.",
        positive="Pod failed because of None",
        negative="Pod failed because of OOMKilled",
    ),
    _infra(
        id="sigterm",
        scope=Scope.END,
        confidence=Confidence.SUSPECTED,
        weight=2,
        pattern=r"SIGTERM|SIGINT|SIGHUP",
        literals=("sigterm", "sigint", "sighup"),
        title="The task's process was ended from outside by a signal",
        advice=(
            "Many at once: a scale-down, deployment or node drain. One alone: somebody stopped it, "
            "or a time limit."
        ),
        positive="Process terminated by signal. signal_name: SIGTERM",
        negative="Process terminated by signal. signal_name: SIGKILL",
    ),
    _infra(
        id="received-sigterm",
        confidence=Confidence.SUSPECTED,
        weight=2,
        pattern=(
            r"Task received SIGTERM signal|\bKeyboardInterrupt\b|Received SIGTERM\. Terminating subprocesses"
            r"|AirflowTaskTerminated|(?:return code|exit code|exit status)[ :=]*(?:-15|143)\b"
        ),
        literals=("sigterm", "keyboardinterrupt", "airflowtaskterminated", "-15", "143"),
        title="The task was ended from outside by SIGTERM",
        advice=(
            "Many at once: a scale-down, deployment or node drain. One alone: somebody stopped it, "
            "or a time limit."
        ),
        positive="AirflowException: Task received SIGTERM signal",
        negative="Sent SIGUSR1 to process",
    ),
    _infra(
        id="pod-failed",
        confidence=Confidence.SUSPECTED,
        weight=0,
        pattern=(
            r"Pod \S{1,120} returned a failure|PodLaunchFailed|Docker container failed"
            r"|Pod Launching failed"
        ),
        literals=("returned a failure", "podlaunchfailed", "docker container failed", "pod launching failed"),
        title="A pod or container of the task failed",
        advice="Read the container's own output and its state.",
        positive="AirflowException: Pod etl-1 returned a failure.",
        negative="Pod etl-1 has succeeded",
    ),
)
