"""One GET to a Flask application, for tests of a single view."""

from flask import Flask


def get(app: Flask, path: str = "/", headers: dict[str, str] | None = None) -> tuple[int, str]:
    """Return status and text."""
    answer = app.test_client().get(path, headers=headers)
    return answer.status_code, answer.text
