"""A secret is read, used, and never shown."""

from pathlib import Path

import pytest

from stream.config import Secret, load
from stream.config.text import as_toml, as_tree
from stream.core.errors import Misconfigured

SCRAM = {"SLUICE_KAFKA__SASL__MECHANISM": "SCRAM-SHA-512", "SLUICE_KAFKA__SASL__USERNAME": "sluice"}


def test_a_secret_shows_itself_only_when_asked() -> None:
    # Given a password from the environment
    loaded = load(environ=SCRAM | {"SLUICE_KAFKA__SASL__PASSWORD": "geheim"})
    secret = loaded.settings.kafka.sasl.password
    # Then it can be used
    assert secret is not None
    assert secret.reveal() == "geheim"
    # And no way of printing the settings shows it
    shown = [
        repr(loaded.settings),
        str(secret),
        f"{secret}",
        as_toml(loaded.values),
        str(as_tree(loaded.values)),
    ]
    assert not any("geheim" in one for one in shown)


def test_a_server_s_key_is_used_and_never_shown(tmp_path: Path) -> None:
    # Given the keys of two servers, one of them in a file
    (tmp_path / "key").write_text("sk-geheim\n")
    environ = {
        "SLUICE_JUDGE__ENGINE": "openai",
        "SLUICE_JUDGE__OPENAI__BASE_URL": "https://models.example.com/v1",
        "SLUICE_JUDGE__OPENAI__MODEL": "m",
        "SLUICE_JUDGE__OPENAI__API_KEY_FILE": str(tmp_path / "key"),
        "SLUICE_JUDGE__OPENAI_HIGH__API_KEY": "sk-geheim",
    }
    loaded = load(environ=environ)
    # Then they can be used, and nothing shows them
    judge = loaded.settings.judge
    assert judge.openai.api_key == judge.openai_high.api_key == Secret("sk-geheim")
    shown = [repr(loaded.settings), as_toml(loaded.values), str(as_tree(loaded.values))]
    assert not any("geheim" in one for one in shown)


def test_a_secret_can_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    # Given a file with a password and the newline that editors add, named relative to the settings
    (tmp_path / "password").write_text("geheim\n", encoding="utf-8")
    file = tmp_path / "sluice.toml"
    file.write_text('[kafka.sasl]\nmechanism = "SCRAM-SHA-512"\nusername = "u"\npassword_file = "password"\n')
    # Then it is the password
    loaded = load(file, {})
    assert loaded.settings.kafka.sasl.password == Secret("geheim")
    assert loaded.values["kafka", "sasl", "password"].origin == f"{file}, line 4"


def test_the_file_of_a_secret_must_be_there_and_hold_something(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    for name, said in (("gone", "cannot be read"), ("empty", "is empty")):
        with pytest.raises(Misconfigured, match=said):
            load(environ=SCRAM | {"SLUICE_KAFKA__SASL__PASSWORD_FILE": str(tmp_path / name)})


def test_a_secret_and_its_file_together_contradict_each_other(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("geheim", encoding="utf-8")
    both = {
        "SLUICE_KAFKA__SASL__PASSWORD": "x",
        "SLUICE_KAFKA__SASL__PASSWORD_FILE": str(tmp_path / "password"),
    }
    with pytest.raises(Misconfigured, match="are both set: keep one"):
        load(environ=SCRAM | both)


def test_a_secret_of_the_environment_goes_before_one_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "sluice.toml"
    file.write_text('[kafka.sasl]\nmechanism = "SCRAM-SHA-512"\nusername = "u"\npassword = "old"\n')
    (tmp_path / "password").write_text("new", encoding="utf-8")
    loaded = load(file, {"SLUICE_KAFKA__SASL__PASSWORD_FILE": str(tmp_path / "password")})
    assert loaded.settings.kafka.sasl.password == Secret("new")


def test_a_secret_that_does_not_fit_is_not_shown_in_the_problem(tmp_path: Path) -> None:
    file = tmp_path / "sluice.toml"
    file.write_text("[kafka.sasl]\npassword = 123456\n", encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        load(file, {})
    assert "123456" not in str(caught.value)
