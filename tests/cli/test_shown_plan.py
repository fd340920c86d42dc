"""What a person sees before they say yes."""

import pytest

from tokensmith.cli.shown_plan import show_plan
from tokensmith.server.domain.client_tables import NO_CLIENT
from tokensmith.server.domain.differences import Difference, MemberDifference
from tokensmith.server.flows.declaration_plan import ClientStep, Plan


def plan(*differences: Difference, not_in_file: tuple[str, ...] = (), left_off: tuple[str, ...] = ()) -> Plan:
    steps = (
        ClientStep(
            before=None, after=NO_CLIENT, scopes_before={}, scopes_after={}, narrowed_at=frozenset(), difference=one
        )
        for one in differences
    )
    return Plan(resources=(), clients=tuple(steps), not_in_file=not_in_file, left_off=left_off)


def test_new_and_changed_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    new = Difference(
        table="[clients.web]", is_new=True, members=(MemberDifference(member="opaque", before=False, after=True),)
    )
    changed = Difference(
        table="[clients.robot]",
        is_new=False,
        members=(
            MemberDifference(member="client_uri", before="https://a.example/", after=None),
            MemberDifference(member="disabled", before=False, after=True),
        ),
    )
    show_plan(plan(new, changed), err=False)

    assert capsys.readouterr().out == (
        "+ [clients.web]\n"
        "    opaque  true\n"
        "~ [clients.robot]\n"
        '    client_uri  "https://a.example/" → none\n'
        "    disabled    false → true\n"
        "1 to add, 1 to change.\n"
    )


def test_what_is_left_alone_is_named_on_the_stream_that_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    show_plan(plan(not_in_file=("[clients.a]", "[clients.b]"), left_off=("[clients.c]",)), err=True)
    shown = capsys.readouterr()

    assert shown.out == ""
    assert shown.err == (
        "Not in the file, and left alone: [clients.a], [clients.b].\n"
        "Switched off, and the file does not say so: [clients.c].\n"
    )


def test_nothing_in_a_value_moves_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    """Or a name could paint over the line that it changes."""
    name = MemberDifference(member="client_name\x1b[2K", before="a\x1b[2K", after="b\u202e")
    show_plan(plan(Difference(table="[\x1b]", is_new=False, members=(name,))), err=False)

    assert set("\x1b\u202e").isdisjoint(capsys.readouterr().out)


def test_long_values_are_shown_to_their_ends(capsys: pytest.CaptureFixture[str]) -> None:
    """Where two of them differ."""
    both = MemberDifference(member="jwks", before="x" * 1000 + "a", after="x" * 1000 + "b")
    show_plan(plan(Difference(table="[t]", is_new=False, members=(both,))), err=False)
    out = capsys.readouterr().out

    assert 'xa" → "x' in out
    assert 'xb"' in out
