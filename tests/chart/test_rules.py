"""Operators' rules from a ConfigMap, as the kubelet lays it out, reach triage and are followed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from stream.adapters.rules import LiveRules, RuleFolder
from stream.wiring.process import now_ms
from tests.chart.rendering import Helm, Object, Rendered
from tests.unit.processors.cases import FixedPolicies
from tests.unit.rules.sample import written

SOON = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()


def mounted(rendered: Rendered, volume: Path, generation: str) -> Path:
    """The ConfigMap as the kubelet mounts it: links to a folder that changes at one stroke."""
    content = volume / f"..{generation}"
    content.mkdir()
    for name, text in (rendered.one("ConfigMap", "rules")["data"] or {}).items():
        (content / name).write_text(text)
        if not (volume / name).is_symlink():
            (volume / name).symlink_to(Path("..data") / name)
    fresh = volume / "..data_tmp"
    fresh.symlink_to(content.name)
    fresh.rename(volume / "..data")
    return volume


def with_rules(**files: str) -> Object:
    return {"rules.values": {name.replace("_", "."): text for name, text in files.items()}}


def test_rules_and_their_lists_come_into_force_where_triage_looks_for_them(
    helm: Helm, tmp_path: Path
) -> None:
    # Given an installation without rules
    before = helm.render("minimal")
    live = LiveRules(RuleFolder(mounted(before, tmp_path, "2026_1")), FixedPolicies(), now_ms)
    assert live.current().rules == ()
    # When it is given some
    rule = written(body='authors_file = "who.txt"').replace("2024-12-01", SOON)
    after = helm.render("minimal", with_rules(wave_toml=rule, who_txt="a1\n"))
    mounted(after, tmp_path, "2026_2")
    # Then they are in force, and no pod is another one
    assert live.refresh()
    assert [rule.authors for rule in live.current().rules] == [("a1",)]
    assert dict(before.workloads()) == dict(after.workloads())


def test_triage_alone_has_them_mounted_where_its_settings_say(helm: Helm) -> None:
    rendered = helm.render("minimal")
    for part, _ in rendered.pods():
        mounts = {
            one["name"]: one["mountPath"] for one in rendered.pod(part)["containers"][0]["volumeMounts"]
        }
        assert mounts.get("rules") == ("/etc/sluice/rules" if part == "triage" else None)
    assert 'dir = "/etc/sluice/rules"' in rendered.settings("triage")


def test_a_config_map_of_ones_own_takes_their_place(helm: Helm) -> None:
    rendered = helm.render("minimal", {"rules.configMap": "ours"})
    [volume] = [one for one in rendered.pod("triage")["volumes"] if one["name"] == "rules"]
    assert volume["configMap"] == {"name": "ours"}
    assert not [one for one in rendered.objects if one["metadata"]["name"].endswith("-rules")]
