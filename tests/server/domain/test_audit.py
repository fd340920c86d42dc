"""The audit log's events."""

import re

from tests.architecture.tree import TOP
from tokensmith.server.domain.audit import AuditName

ROW = re.compile(r"^\| `([a-z_]+)` \|", re.MULTILINE)


def test_every_event_is_explained_once() -> None:
    """docs/audit.md has a row for each, in their order, and for nothing else."""
    page = (TOP / "docs" / "audit.md").read_text()

    assert ROW.findall(page.partition("## The events")[2]) == [name.value for name in AuditName]


def test_a_database_keeps_the_names_so_none_is_ever_another() -> None:
    """Logs that were exported years ago are read with today's page."""
    assert all(name.value == name.name.lower() for name in AuditName)
