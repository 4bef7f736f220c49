"""Where settings come from, and which goes before which."""

from pathlib import Path

import pytest

from stream.config import EngineKind, Loaded, SaslMechanism, load
from stream.core.errors import Misconfigured


def written(folder: Path, text: str, name: str = "sluice.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def origin(loaded: Loaded, key: str) -> str:
    return loaded.values[tuple(key.split("."))].origin


def test_without_any_source_the_defaults_are_sound() -> None:
    # When nothing is set, then the settings load, and every value says that it is a default
    loaded = load(environ={})
    assert loaded.settings.judge.engine is EngineKind.EXEMPLAR
    assert {value.origin for value in loaded.values.values()} == {"default"}


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(tmp_path: Path) -> None:
    # Given a file that sets two keys
    file = written(tmp_path, "[gate]\nbatch = 100\nsession_timeout_ms = 9000\n")
    # When the environment sets one of them too
    loaded = load(file, {"SLUICE_GATE__BATCH": "200"})
    # Then each value comes from the last source that names it, and remembers which
    assert (loaded.settings.gate.batch, origin(loaded, "gate.batch")) == (200, "SLUICE_GATE__BATCH")
    assert loaded.settings.gate.session_timeout_ms == 9000
    assert origin(loaded, "gate.session_timeout_ms") == f"{file}, line 3"
    assert origin(loaded, "gate.instance") == "default"


def test_the_file_is_the_one_named_else_that_of_the_environment_else_that_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given three files
    monkeypatch.chdir(tmp_path)
    written(tmp_path, '[gate]\ninstance = "here"\n')
    named = written(tmp_path, '[gate]\ninstance = "named"\n', "named.toml")
    variable = written(tmp_path, '[gate]\ninstance = "variable"\n', "variable.toml")
    # Then each way to name one goes before the next
    assert load(named, {"SLUICE_CONFIG": str(variable)}).settings.gate.instance == "named"
    assert load(None, {"SLUICE_CONFIG": str(variable)}).settings.gate.instance == "variable"
    assert load(None, {}).settings.gate.instance == "here"


def test_a_file_that_was_named_and_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"gone\.toml: cannot be read: No such file"):
        load(tmp_path / "gone.toml", {})


def test_a_file_that_is_not_toml_is_a_problem_with_its_line(tmp_path: Path) -> None:
    file = written(tmp_path, "[gate]\nbatch = = 3\n")
    with pytest.raises(Misconfigured, match=r"sluice\.toml, line 2: is not TOML"):
        load(file, {})


def test_a_nested_key_is_reached_from_the_environment_in_any_case_of_its_words() -> None:
    environ = {
        "SLUICE_KAFKA__SASL__MECHANISM": "scram-sha-512",
        "SLUICE_KAFKA__SASL__USERNAME": "sluice",
        "SLUICE_KAFKA__SASL__PASSWORD": "geheim",
        "SLUICE_METRICS__ENABLED": "false",
    }
    settings = load(environ=environ).settings
    assert settings.kafka.sasl.mechanism is SaslMechanism.SCRAM_SHA_512
    assert settings.metrics.enabled is False


def test_the_variable_of_other_kafka_tools_names_the_broker_unless_ours_does() -> None:
    common = {"KAFKA_BOOTSTRAP_SERVERS": "theirs:9092"}
    ours = {"SLUICE_KAFKA__BOOTSTRAP_SERVERS": "ours:9092"}
    assert load(environ=common).settings.kafka.bootstrap_servers == "theirs:9092"
    assert load(environ=common | ours).settings.kafka.bootstrap_servers == "ours:9092"


def test_a_relative_path_begins_at_the_file_that_says_it(tmp_path: Path) -> None:
    file = written(tmp_path, '[policies]\ndir = "my/policies"\n')
    assert load(file, {}).settings.policies.dir == tmp_path / "my/policies"
    assert load(None, {"SLUICE_POLICIES__DIR": "p"}).settings.policies.dir == Path("p")


def test_variables_of_our_prefix_that_are_no_settings_are_left_alone() -> None:
    # Given what else carries the prefix: the tests' data folder, Kubernetes' links to a Service
    environ = {"SLUICE_DATA": "x", "SLUICE_METRICS_PORT": "tcp://10.0.0.1:80"}
    # Then neither is taken for a setting
    load(environ=environ)


def test_one_underscore_instead_of_two_is_noticed() -> None:
    with pytest.raises(Misconfigured, match="write SLUICE_GATE__BATCH"):
        load(environ={"SLUICE_GATE_BATCH": "3"})
