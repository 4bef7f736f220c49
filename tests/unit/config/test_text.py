"""What `config show` prints is itself a settings file."""

import tomllib
from pathlib import Path

from stream.config import load
from stream.config.keys import leaves
from stream.config.text import as_toml, as_tree


def test_what_is_shown_can_be_loaded_again(tmp_path: Path) -> None:
    # Given settings from file and environment
    loaded = load(
        environ={
            "SLUICE_GATE__BATCH": "77",
            "SLUICE_STAFF__IDENTITY": 'a "quoted" \\ name',
            "SLUICE_POLICIES__DIR": "/policies",
            "SLUICE_RULES__DIR": "/rules",
        }
    )
    # When what is shown is written to a file and loaded
    file = tmp_path / "shown.toml"
    for explained in (False, True):
        file.write_text(as_toml(loaded.values, explained=explained), encoding="utf-8")
        # Then the settings are the same
        assert load(file, {}).settings == loaded.settings


def test_every_key_is_shown_with_its_origin() -> None:
    loaded = load(environ={"SLUICE_GATE__BATCH": "77"})
    text = as_toml(loaded.values)
    for key in leaves():
        assert f"{key[-1]} =" in text
    assert "batch = 77" in text
    assert "# SLUICE_GATE__BATCH" in text
    assert tomllib.loads(text)["gate"]["batch"] == 77


def test_for_scripts_each_key_is_a_value_and_its_origin() -> None:
    tree = as_tree(load(environ={"SLUICE_GATE__BATCH": "77"}).values)
    assert tree["gate.batch"] == {"value": 77, "origin": "SLUICE_GATE__BATCH"}
    assert tree["judge.engine"] == {"value": "exemplar", "origin": "default"}
