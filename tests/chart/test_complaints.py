"""What users of such charts complain about most, each complaint a test of what ours does instead."""

import math
import re

import pytest

from stream.adapters.metrics import GateMetrics, JudgeMetrics
from stream.config import Settings
from tests.chart.rendering import EXAMPLES, Helm, Object

PARTS = ("gate", "triage", "judge", "ledger")


def behavior(scaled: Object) -> Object:
    found: Object = scaled["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    return found


@pytest.mark.parametrize("part", ["triage", "judge"])
def test_scale_down_does_not_kill_busy_consumers_in_a_row(helm: Helm, part: str) -> None:
    """keda #5096, #3674: one pod goes at a time, not before load was low for a start and a drain."""
    rendered = helm.render("gpu")
    scaled = rendered.one("ScaledObject", part)
    down = behavior(scaled)["scaleDown"]
    [policy] = down["policies"]
    assert policy["type"] == "Pods"
    assert policy["value"] == 1
    assert 300 <= policy["periodSeconds"] <= 600
    pod = rendered.pod(part)
    probe = pod["containers"][0]["startupProbe"]
    cold_start = probe["periodSeconds"] * probe["failureThreshold"]
    drain = {"triage": Settings().triage.drain_s, "judge": Settings().judge.drain_s}[part]
    assert down["stabilizationWindowSeconds"] >= cold_start + drain
    assert policy["periodSeconds"] > pod["terminationGracePeriodSeconds"]


def test_a_window_longer_than_kubernetes_takes_is_cut(helm: Helm) -> None:
    scaled = helm.render("gpu", {"judge.startupSeconds": 7200}).one("ScaledObject", "judge")
    assert behavior(scaled)["scaleDown"]["stabilizationWindowSeconds"] == 3600


def test_a_missing_metric_is_not_read_as_zero(helm: Helm) -> None:
    """keda #3065, #7062: an empty answer is an error, which passes on to lag; without both, a floor."""
    spec = helm.render("gpu").one("ScaledObject", "judge")["spec"]
    tok = next(trigger for trigger in spec["triggers"] if trigger["name"] == "tok")
    assert tok["metadata"]["ignoreNullValues"] == "false"
    assert "or vector(0)" not in tok["metadata"]["query"]
    assert spec["advanced"]["scalingModifiers"]["formula"].startswith("tok ?? (")
    assert spec["fallback"]["behavior"] == "scalingModifiers"
    assert spec["fallback"]["replicas"] >= 1
    triage = helm.render("gpu").one("ScaledObject", "triage")["spec"]
    assert triage["fallback"]["behavior"] == "currentReplicasIfHigher"


def test_phantom_lag_wakes_nobody_and_real_lag_is_not_explained_away(helm: Helm) -> None:
    """keda #5675, #5906, #7936: markers stay below activation, offsets are named, a stuck case counts."""
    rendered = helm.render("gpu")
    kafka = [
        trigger["metadata"]
        for scaled in rendered.of("ScaledObject").values()
        for trigger in scaled["spec"]["triggers"]
        if trigger["type"] == "kafka"
    ]
    assert len(kafka) == 4
    for trigger in kafka:
        assert int(trigger["activationLagThreshold"]) >= 24, "the partitions of this example"
        assert trigger["topic"]
        assert trigger["offsetResetPolicy"] == "earliest"
        assert trigger["limitToPartitionsWithLag"] == "true"
        assert trigger["excludePersistentLag"] == "false"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("example", ["gpu", "hardened"])
def test_work_in_hand_is_not_lost_on_sigterm(helm: Helm, example: str, part: str) -> None:
    """vllm #24885: the grace covers pre-stop, drain and ten seconds; the program itself hears SIGTERM."""
    rendered = helm.render(example)
    pod = rendered.pod(part)
    container = pod["containers"][0]
    pre_stop = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    drains = {"gate": 10, "ledger": 10, "triage": 15, "judge": 90 if example == "hardened" else 30}
    assert pod["terminationGracePeriodSeconds"] >= pre_stop + drains[part] + 10
    assert "command" not in container, "a shell in between would swallow the signal"


def test_probes_do_not_kill_a_pod_while_its_model_loads(helm: Helm) -> None:
    """aibrix #772: the start has a budget of its own, in values, and a roll-out waits as long."""
    judge = helm.render("gpu", {"judge.startupSeconds": 2400}).one("Deployment", "judge")
    container = judge["spec"]["template"]["spec"]["containers"][0]
    startup = container["startupProbe"]
    assert startup["periodSeconds"] * startup["failureThreshold"] >= 2400
    assert judge["spec"]["progressDeadlineSeconds"] > 2400


@pytest.mark.parametrize("part", PARTS)
def test_no_probe_restarts_a_pod_for_kafka_or_lag(helm: Helm, part: str) -> None:
    container = helm.render("gpu").pod(part)["containers"][0]
    asked = {
        probe: container[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "liveness", "readiness")
    }
    assert asked == {"startup": "/health/started", "liveness": "/health/live", "readiness": "/health/ready"}


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_pod_is_hardened(helm: Helm, example: str) -> None:
    """production-stack #281, #495: the restricted Pod Security Standard and a read-only root, everywhere."""
    for _, pod in helm.render(example).pods():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] >= 10_000
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert pod["enableServiceLinks"] is False
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            }
            assert container["resources"]["limits"]["memory"]
            assert container["resources"]["requests"]["cpu"]
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()


def test_hardening_can_be_shaped(helm: Helm) -> None:
    """production-stack #281, #495: a runtime that writes into the root; a cluster that hands out user ids."""
    pod = helm.render("gpu", {"judge.readOnlyRootFilesystem": False}).pod("judge")
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is False
    assert pod["containers"][0]["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    openshift = {f"pod.securityContext.{key}": None for key in ("runAsUser", "runAsGroup", "fsGroup")}
    context = helm.render("minimal", openshift).pod("gate")["securityContext"]
    assert not {"runAsUser", "runAsGroup", "fsGroup"} & context.keys()
    assert context["runAsNonRoot"] is True


def test_an_umbrella_chart_may_pass_global_and_enabled(helm: Helm) -> None:
    """helm #10392: what a parent hands down is not an unknown key; test_umbrella renders a whole parent."""
    assert helm.render("minimal", {"global": {"anything": {"goes": 1}}, "enabled": True}).objects


def test_startup_budgets_are_whole_probes(helm: Helm) -> None:
    """A budget that is no multiple of the period is rounded up, never down."""
    probe = helm.render("minimal", {"gate.startupSeconds": 61}).pod("gate")["containers"][0]["startupProbe"]
    assert probe["failureThreshold"] == math.ceil(61 / probe["periodSeconds"])


def test_what_scales_the_judge_is_a_metric_that_exists(helm: Helm) -> None:
    """A name that nothing exports would be a missing metric for ever."""
    [tok] = [
        trigger["metadata"]["query"]
        for trigger in helm.render("gpu").one("ScaledObject", "judge")["spec"]["triggers"]
        if trigger["name"] == "tok"
    ]
    exported = {
        sample.name
        for registry in (GateMetrics().registry, JudgeMetrics().registry)
        for family in registry.collect()
        for sample in family.samples
    }
    asked = set(re.findall(r"\bsluice_\w+", tok))
    assert len(asked) == 8
    assert asked <= exported
