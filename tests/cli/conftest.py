"""An operator with a migrated database."""

from pathlib import Path

import pytest

from tests.cli.operating import Operator, operator_at


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return operator_at(tmp_path)
