"""Policies from a ConfigMap, as the kubelet lays them out, can be read and reloaded by the program."""

import shutil
from pathlib import Path

from stream.adapters.policies import LivePolicySet, PolicyFolder, find_folder
from tests.chart.rendering import ROOT, Helm, Object, Rendered

SHIPPED = ROOT / "policies"


def shipped_as_values() -> Object:
    """The shipped policies as `policies.values`, as --set-file would put them there."""
    files = [path for pattern in ("*/*.md", "*/*.toml", "*/*.jsonl") for path in SHIPPED.glob(pattern)]
    return {str(path.relative_to(SHIPPED)): path.read_text() for path in files}


def mounted(rendered: Rendered, volume: Path, generation: str) -> Path:
    """The ConfigMap as the kubelet mounts it: links to a folder that changes at one stroke."""
    data = rendered.one("ConfigMap", "policies")["data"]
    [source] = [one for one in rendered.pod("gate")["volumes"] if one["name"] == "policies"]
    content = volume / f"..{generation}"
    for item in source["configMap"]["items"]:
        path = content / item["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(data[item["key"]])
    fresh = volume / "..data_tmp"
    fresh.symlink_to(content.name)
    fresh.rename(volume / "..data")
    for top in content.iterdir():
        if not (volume / top.name).is_symlink():
            (volume / top.name).symlink_to(Path("..data") / top.name)
    for old in volume.glob("..2*"):
        if old != content:
            shutil.rmtree(old)
    return volume


def with_policies(files: Object) -> Object:
    """One value a file: all in one would be a longer argument than a system takes."""
    values = {"policies.values." + name.replace(".", r"\."): text for name, text in files.items()}
    return {"policies.from": "values", **values}


def test_policies_from_values_are_the_same_set_as_the_files(helm: Helm, tmp_path: Path) -> None:
    rendered = helm.render("minimal", with_policies(shipped_as_values()))
    volume = mounted(rendered, tmp_path, "2026_11_23")
    assert find_folder(volume) == volume
    assert PolicyFolder(volume).policy_set("default") == PolicyFolder(SHIPPED).policy_set("default")


def test_given_a_changed_config_map_the_running_program_takes_it_over(helm: Helm, tmp_path: Path) -> None:
    files = shipped_as_values()
    live = LivePolicySet(
        PolicyFolder(mounted(helm.render("minimal", with_policies(files)), tmp_path, "2026_1")), "default"
    )
    before = live.current().digest
    files["sets/default.toml"] = files["sets/default.toml"].replace('automatic = "10m"', 'automatic = "20m"')
    mounted(helm.render("minimal", with_policies(files)), tmp_path, "2026_2")
    assert live.refresh()
    assert live.current().digest != before


def test_policies_are_looked_for_where_they_are_mounted(helm: Helm) -> None:
    for example in ("minimal", "gpu", "air-gapped", "hardened"):
        rendered = helm.render(example)
        mounts = {
            mount["name"]: mount["mountPath"]
            for mount in rendered.pod("judge")["containers"][0]["volumeMounts"]
        }
        folder = mounts.get("policies", "/opt/sluice/policies")
        assert f'dir = "{folder}' in rendered.settings("judge")


def test_the_example_s_own_policy_is_one_that_the_program_takes(helm: Helm, tmp_path: Path) -> None:
    volume = mounted(helm.render("gpu"), tmp_path, "2026_11_23")
    assert list(PolicyFolder(volume).policy_set("default").policies) == ["spam"]
