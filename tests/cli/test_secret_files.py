"""New secrets as files."""

import stat
from pathlib import Path

import pytest

from tokensmith.cli.refusals import UnusableError
from tokensmith.cli.secret_files import secret_files
from tokensmith.server.domain.errors import ConflictError, DeclarationError, UnavailableError
from tokensmith.server.domain.ids import ClientId

SECRETS = {ClientId("web"): "tsc_web", ClientId("robot"): "tsc_robot"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_each_is_a_file_that_its_owner_alone_reads(tmp_path: Path) -> None:
    with secret_files(tmp_path, SECRETS):
        assert (tmp_path / "web").read_text() == "tsc_web\n"

    assert names(tmp_path) == {"web", "robot"}
    assert stat.S_IMODE((tmp_path / "robot").stat().st_mode) == 0o600


def test_a_file_that_is_there_is_left_as_it_is_and_no_other_is_made(tmp_path: Path) -> None:
    """It may hold the secret of another database."""
    (tmp_path / "robot").write_text("precious")
    with pytest.raises(UnusableError, match="exists already"), secret_files(tmp_path, SECRETS):
        pytest.fail("nothing may be changed now")

    assert (tmp_path / "robot").read_text() == "precious"
    assert names(tmp_path) == {"robot"}


@pytest.mark.parametrize("client_id", ["../web", "/web", "https://app.example/me", "a/b", ".", ".."])
def test_no_id_leads_out_of_the_folder(tmp_path: Path, client_id: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with pytest.raises(UnusableError), secret_files(folder, {**SECRETS, ClientId(client_id): "tsc_x"}):
        pytest.fail("nothing may be changed now")

    assert (names(tmp_path), names(folder)) == ({"in"}, set())


@pytest.mark.parametrize("error", [ConflictError("no"), DeclarationError("no")])
def test_they_are_taken_away_where_nothing_was_changed(tmp_path: Path, error: Exception) -> None:
    """Or the next try would find them there."""
    with pytest.raises(type(error)), secret_files(tmp_path, SECRETS):
        raise error

    assert names(tmp_path) == set()


def test_they_stay_where_nobody_knows_whether_it_was(tmp_path: Path) -> None:
    """The database may have taken them and not have said so."""
    with pytest.raises(UnavailableError), secret_files(tmp_path, SECRETS):
        raise UnavailableError("the line broke")

    assert names(tmp_path) == {"web", "robot"}
