"""`tokensmith restored`."""

import time
from datetime import UTC, datetime

from tests.cli.operating import Operator
from tests.cli.test_keys import stages
from tokensmith.cli.restored import restored


def test_the_operator_is_told_what_has_ended_and_what_has_not(operator: Operator) -> None:
    output = operator.do(restored)

    assert "2 signing keys, 0 sessions, 0 grants, 0 consents" in output
    assert "0 grants that began later go on" in output
    assert "passwords" in output
    assert stages(operator) == [
        *(("ES256", stage) for stage in ("active", "compromised")),
        *(("RS256", stage) for stage in ("active", "compromised")),
    ]


def test_a_moment_leaves_what_began_later(operator: Operator) -> None:
    """The database was made after it."""
    output = operator.do(restored, "--at", "2026-01-31T03:00Z")

    assert "by 2026-01-31 03:00:00Z" in output
    assert "0 signing keys" in output


def test_a_moment_has_a_zone_and_has_passed(operator: Operator) -> None:
    tomorrow = datetime.fromtimestamp(time.time() + 86_400, UTC).isoformat()

    assert "still to come" in operator.refused(restored, "--at", tomorrow)
    assert operator.run(restored, "--at", "2026-01-31T03:00").exit_code == 2
