"""How findings are told, and with which status."""

import io
import json

import click
import pytest
from rich.console import Console

from tests.cli.lint.test_of_token import EXAMPLES
from tests.cli.tooling import done, failed, run, token_of
from tokensmith.cli.lint.report import NOT_VERIFIED, STYLES, report
from tokensmith.cli.lint.rules import RULES, Finding, finding
from tokensmith.jose import Key, jwt

NONE: frozenset[str] = frozenset()
EVERY = [finding(id_, "What was found.") for id_ in RULES]


def told(
    findings: list[Finding], capsys: pytest.CaptureFixture[str], *, is_json: bool = False, is_token: bool = True
) -> tuple[str, int]:
    """What is printed, and the status it ends with."""
    status = 0
    try:
        report(findings, ignored=NONE, is_json=is_json, is_token=is_token)
    except click.exceptions.Exit as ended:
        status = ended.exit_code
    return capsys.readouterr().out, status


def test_a_finding_has_number_title_clause_place_and_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    text, _ = told([finding("L03", 'There is no "exp".')], capsys)

    assert text == (
        "serious  L03  It never expires.  RFC 7519 §4.1.4\n"
        '              There is no "exp".\n'
        '              fix  Set "exp", minutes ahead for access tokens.\n'
        "\n"
        "1 serious, 0 advice; each number is explained in docs/lint.md.\n"
        f"{NOT_VERIFIED}\n"
    )


@pytest.mark.parametrize(("rule", "status"), [("L01", 1), ("L02", 0)])
def test_only_what_is_serious_is_a_failure(rule: str, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert told([finding(rule, "x")], capsys)[1] == status


def test_no_finding_is_no_proof(capsys: pytest.CaptureFixture[str]) -> None:
    """It says so; of a key there was nothing to verify."""
    assert told([], capsys) == (f"No weakness found.\n{NOT_VERIFIED}\n", 0)
    assert told([], capsys, is_token=False) == ("No weakness found.\n", 0)


def test_every_finding_fits_into_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And into 40, in more lines; none ends in a space."""
    for columns in (80, 40):
        monkeypatch.setenv("COLUMNS", str(columns))
        text, _ = told(EVERY, capsys)
        body = text.splitlines()[:-2]

        assert max(map(len, body)) <= columns
        assert [line for line in body if line != line.rstrip()] == []


def test_programs_get_members(capsys: pytest.CaptureFixture[str]) -> None:
    """The status is the same; of a token "verified" is false, always."""
    text, status = told([finding("L03", "x")], capsys, is_json=True)
    rule = RULES["L03"]

    assert status == 1
    assert json.loads(text) == {
        "verified": False,
        "findings": [
            {
                "rule": "L03",
                "severity": "serious",
                "title": rule.title,
                "found": "x",
                "fix": rule.fix,
                "clause": rule.clause,
            }
        ],
    }
    assert json.loads(told([], capsys, is_json=True, is_token=False)[0]) == {"findings": []}


def test_severities_differ_in_colour_and_in_word() -> None:
    """Who does not tell red from yellow reads the word."""
    assert len(set(STYLES.values())) == len(STYLES)
    assert Console(file=io.StringIO()).get_style(STYLES["serious"]).color is not None


def test_what_is_ignored_is_not_told_and_not_counted() -> None:
    token = jwt.sign({"sub": "ada"}, Key.generate("ES256"), typ="at+jwt")

    assert "L18" in done("jwt", "lint", text=token)
    assert "L18" not in done("jwt", "lint", "--ignore", "L18", text=token)
    assert run("jwt", "lint", text=EXAMPLES["L01"][0]).exit_code == 1
    assert done("jwt", "lint", *(word for id_ in RULES for word in ("--ignore", id_)), text=EXAMPLES["L01"][0])


def test_a_number_that_is_none_is_refused() -> None:
    """Else a slip of the pen would ignore nothing, silently."""
    assert "there is no L99" in failed(2, "jwt", "lint", "--ignore", "L99", text=token_of(Key.generate("ES256")))
