"""What to try when the tour is over: ready to be pasted, with the names and passwords of this very run."""

import json
import shlex
from pathlib import Path

from tokensmith.tour.demo_data import Demo

TRY_AS = "grace"


def next_steps(demo: Demo, *, notes: str, folder: Path) -> str:
    """Write the text; its commands stand alone on their lines, so that they can be copied whole."""
    people = "\n".join(f"      {name:<8}{password}" for name, password in demo.people.items())
    password = demo.people[TRY_AS]
    return f"""
    Token server     {demo.issuer}
    Notes service    {notes}/docs
    Logs, database   {folder}/

    Who can sign in, with a password made for this run
{people}

    Try it (the first line signs in and keeps the access token)

{curl(demo, password=password, notes=notes)}

    Or in a browser: open {notes}/docs, press Authorize
    and paste the token (echo $TOKEN).
"""


def curl(demo: Demo, *, password: str, notes: str) -> str:
    """Write three commands for a POSIX shell: sign in, read, write."""
    credentials = shlex.quote(json.dumps({"username": TRY_AS, "password": password}))
    read_token = """python3 -c 'import json,sys; print(json.load(sys.stdin)["access_token"])'"""
    as_json = "-H 'Content-Type: application/json'"
    # Our bodies end without a line feed, and the next prompt would stand behind them.
    show = r"curl -i -w '\n'"
    bearer = '-H "Authorization: Bearer $TOKEN"'
    return "\n".join(
        [
            f"TOKEN=$(curl -s {demo.issuer}/api/login {as_json} -d {credentials} | {read_token})",
            f"{show} {notes}/notes {bearer}",
            f"""{show} {notes}/notes {bearer} {as_json} -d '{{"text": "Hello"}}'""",
        ]
    )
