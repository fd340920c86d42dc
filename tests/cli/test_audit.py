"""`tokensmith audit`."""

import json
import time
from datetime import UTC, datetime

from tests.cli.operating import Operator
from tokensmith.cli.audit import audit
from tokensmith.cli.users import user

MEMBERS = ["number", "at", "event", "user_id", "client_id", "grant_id", "source", "details"]


def exported(operator: Operator, *arguments: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in operator.do(audit, "export", *arguments).rstrip("\n").split("\n") if line]


def test_every_event_is_one_line_of_json_the_oldest_first(operator: Operator) -> None:
    """With every member, also where there is nothing to say."""
    operator.do(user, "create", "ada", "--password-stdin", text="correct horse\n")
    events = exported(operator)

    assert {event["event"] for event in events} == {"key_created", "user_created"}
    newest = events[-1]
    assert list(newest) == MEMBERS
    assert (newest["event"], newest["details"]) == ("user_created", {"user": "ada", "admin": "false"})
    assert (newest["client_id"], newest["grant_id"], newest["source"]) == (None, None, None)
    told = datetime.fromisoformat(str(newest["at"]))
    assert told.tzinfo == UTC
    assert abs(told.timestamp() - time.time()) < 60
    numbers = [str(event["number"]) for event in events]
    assert numbers == sorted(numbers, key=int)


def test_events_before_a_moment_are_left_out(operator: Operator) -> None:
    """To the millisecond."""
    last = str(exported(operator)[-1]["at"])
    tomorrow = datetime.fromtimestamp(time.time() + 86_400, UTC).isoformat()

    assert exported(operator, "--since", last)[-1]["at"] == last
    assert exported(operator, "--since", tomorrow) == []
    assert operator.run(audit, "export", "--since", "yesterday").exit_code == 2


def test_the_newest_are_listed_for_people(operator: Operator) -> None:
    operator.do(user, "create", "ada", "--password-stdin", text="correct horse\n")
    lines = operator.do(audit, "list", "--limit", "1").splitlines()

    assert "user_created" in lines[1]
    assert len(operator.do(audit, "list").splitlines()) > len(lines)
    assert operator.run(audit, "list", "--limit", "0").exit_code == 2
