"""What is wrong with settings is said whole, at once, and so that it can be mended."""

import math
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.config import load
from stream.config.keys import dotted, leaves, sections
from stream.config.sources import variable_of
from stream.core.errors import Misconfigured


def told(environ: dict[str, str] | None = None, toml: str | None = None, folder: Path = Path()) -> list[str]:
    """The problems, one a line, without the headline."""
    file = None
    if toml is not None:
        file = folder / "sluice.toml"
        file.write_text(toml, encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        load(file, environ or {})
    headline, *problems = str(caught.value).split("\n  ")
    assert headline == (
        "A problem in the settings:" if len(problems) == 1 else f"{len(problems)} problems in the settings:"
    )
    return problems


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    # Given a file and variables with mistakes of each kind
    toml = """[kafka]
bootstrap_server = "x:1"
[gate]
batch = 0
session_timeout_ms = "9"
[judge]
engine = "vlm"
priority_slots = 64
[policies.dir]
x = 1
"""
    # When it is loaded, then each is told, with its place, and in the order of the sources
    problems = told({"SLUICE_TRIAGE__WINDOW": "many"}, toml, tmp_path)
    file = tmp_path / "sluice.toml"
    assert [problem.split(": ")[0] for problem in problems] == [
        *(f"{file}, line {line}" for line in (2, 4, 5, 7, 10)),
        "SLUICE_TRIAGE__WINDOW",
        f"{file}, line 8",
    ]


@pytest.mark.parametrize(
    ("key", "advice"),
    [
        ("KAFKA__BOOTSTRAP_SERVER", "did you mean `kafka.bootstrap_servers`?"),
        ("GATES__BATCH", "unknown key `gates`: did you mean `gate`?"),
        ("GATE__PARTITIONS", "did you mean `topics.partitions`?"),
        ("KAFKA__SASL__PASSWORD_FIEL", "did you mean `kafka.sasl.password_file`?"),
        ("LOGGING__ZZZ", "valid here: `level`, `format`"),
        ("KAFKA__TLS", "`kafka.tls` is a section: write [kafka.tls]"),
        ("GATE__BATCH__SIZE", "`gate.batch` is one value, not a section"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_name_that_exists(key: str, advice: str) -> None:
    (problem,) = told({"SLUICE_" + key: "1"})
    assert problem.startswith(f"SLUICE_{key}: ")
    assert advice in problem


def test_a_value_that_does_not_fit_is_told_with_what_would() -> None:
    (problem,) = told({"SLUICE_GATE__BATCH": "0"})
    assert problem == (
        "SLUICE_GATE__BATCH: `gate.batch` = '0' does not fit: "
        "give a whole number from 1 to 10,000 (records in one transaction, at most)"
    )


def test_text_in_a_file_is_no_number(tmp_path: Path) -> None:
    (problem,) = told(toml='[gate]\nbatch = "5"\n', folder=tmp_path)
    assert "`gate.batch` = '5' does not fit" in problem


def test_a_whole_number_is_as_good_as_a_broken_one_where_seconds_are_wanted(tmp_path: Path) -> None:
    file = tmp_path / "sluice.toml"
    file.write_text("[judge]\nitem_deadline_s = 30\n", encoding="utf-8")
    assert load(file, {}).settings.judge.item_deadline_s == 30.0


SERVER = {
    "JUDGE__ENGINE": "openai",
    "JUDGE__OPENAI__BASE_URL": "http://models.trust:8000/v1",
    "JUDGE__OPENAI__MODEL": "m",
}


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        (
            {"KAFKA__SASL__MECHANISM": "PLAIN", "KAFKA__SASL__USERNAME": "u", "KAFKA__SASL__PASSWORD": "p"},
            "without TLS",
        ),
        ({"KAFKA__SASL__USERNAME": "u"}, "set kafka.sasl.mechanism too"),
        (
            {"KAFKA__SASL__MECHANISM": "SCRAM-SHA-256", "KAFKA__SASL__USERNAME": "u"},
            "needs kafka.sasl.password or password_file",
        ),
        ({"GATE__TRANSACTION_TIMEOUT_MS": "6000"}, "must be below gate.session_timeout_ms (6000)"),
        ({"JUDGE__PRIORITY_SLOTS": "64"}, "must be below judge.window (64)"),
        ({"JUDGE__ENGINE": "openai"}, "set judge.openai.base_url, for example"),
        ({"JUDGE__OPENAI_HIGH__BASE_URL": "http://a/v1"}, "set judge.openai_high.model too"),
        (SERVER | {"JUDGE__OPENAI__TIMEOUT_S": "120"}, "must be below judge.item_deadline_s (120)"),
        (SERVER | {"JUDGE__OPENAI__API_KEY": "sk-1"}, "a key over plain http shows itself"),
    ],
)
def test_a_rule_between_settings_is_told_at_the_key_that_breaks_it(
    environ: dict[str, str], said: str
) -> None:
    (problem,) = told({"SLUICE_" + key: value for key, value in environ.items()})
    assert said in problem
    assert problem.startswith("SLUICE_")


def test_a_rule_of_a_section_of_its_own_is_told_too() -> None:
    (problem,) = told({"SLUICE_JUDGE__VLLM__MAX_MODEL_LEN": "2048"})
    assert "max_model_len is 2048" in problem


def test_files_for_tls_must_be_there_and_tls_must_be_on(tmp_path: Path) -> None:
    problems = told({"SLUICE_KAFKA__TLS__CERTIFICATE_FILE": str(tmp_path / "gone.pem")})
    assert len(problems) == 3
    assert any("no file that can be read" in problem for problem in problems)
    assert any("set kafka.tls.enabled = true too" in problem for problem in problems)
    assert any("set kafka.tls.key_file too" in problem for problem in problems)


def test_a_rule_says_nothing_about_a_value_that_is_itself_bad() -> None:
    # Given a window that is no number, and slots that only the default window would contradict
    environ = {"SLUICE_JUDGE__WINDOW": "many", "SLUICE_JUDGE__PRIORITY_SLOTS": "100"}
    # Then only the bad value is told
    (problem,) = told(environ)
    assert problem.startswith("SLUICE_JUDGE__WINDOW")


@given(
    key=st.sampled_from(sorted(variable_of(key) for key in leaves())),
    value=st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=20),
)
def test_no_text_in_any_variable_does_worse_than_a_told_problem(key: str, value: str) -> None:
    with suppress(Misconfigured):
        load(environ={key: value})


def test_every_key_has_words_for_what_fits_and_a_default_that_fits_them() -> None:
    for key, leaf in leaves().items():
        assert leaf.wanted, dotted(key)
        low, high = leaf.bounds.ge, leaf.bounds.le
        if isinstance(leaf.default, int | float) and not isinstance(leaf.default, bool):
            assert (low if low is not None else -math.inf) <= leaf.default
            assert leaf.default <= (high if high is not None else math.inf)
    assert () in sections()
