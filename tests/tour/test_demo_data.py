"""The file `serve --demo` writes."""

from pathlib import Path

import pytest

from tokensmith.tour.demo_data import Demo, DemoError, read_demo

TEXT = """{"demo": {"people": {"ada": "p1", "grace": "p2"}, "clients": {"demo-short": "s3cret"},
          "audience": "http://127.0.0.1:8001", "issuer": "http://127.0.0.1:8000", "later": "member"}}"""


def test_the_demo_is_read(tmp_path: Path) -> None:
    """Members it may get later do not matter."""
    path = tmp_path / "demo.json"
    path.write_text(TEXT)

    assert read_demo(path) == Demo(
        people={"ada": "p1", "grace": "p2"},
        clients={"demo-short": "s3cret"},
        audience="http://127.0.0.1:8001",
        issuer="http://127.0.0.1:8000",
    )


def test_no_file_says_how_to_get_one(tmp_path: Path) -> None:
    """It is the first thing that can go wrong."""
    with pytest.raises(DemoError, match="make run"):
        read_demo(tmp_path / "demo.json")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"demo": {"people": {}}}'])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    """With its name, and what is wrong."""
    path = tmp_path / "demo.json"
    path.write_text(text)

    with pytest.raises(DemoError, match=r"demo\.json cannot be used: ."):
        read_demo(path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """Whatever the system says is passed on."""
    with pytest.raises(DemoError, match="cannot be used"):
        read_demo(tmp_path)


def test_secrets_do_not_show_in_a_traceback() -> None:
    """repr() leaves them out."""
    assert "p1" not in repr(Demo(people={"ada": "p1"}, clients={"c": "s"}, audience="a", issuer="i"))
