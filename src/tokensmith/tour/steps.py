"""The steps of the tour, in their order. This list is the main job: whoever holds a good token is let in, nobody else.

A later step may need the tokens of an earlier one and is then not run without them; nothing else ties them together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tokensmith.tour import refresh_steps, service_steps, session_steps
from tokensmith.tour.page import Page
from tokensmith.tour.visit import Visit


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its title, what it shows in a sentence, and what it does."""

    title: str
    about: str
    take: Callable[[Visit, Page], None]


STEPS: Final = (
    Step(
        "Sign in",
        "A name and a password, once, for two tokens: one to be let in with, one to renew it.",
        session_steps.sign_in,
    ),
    Step(
        "What the access token says",
        "Three parts: how it is signed, what it claims, and the signature over both.",
        session_steps.look_at_token,
    ),
    Step(
        "Read the notes",
        "Another program, which knows the issuer's URL and asks nobody per request.",
        service_steps.read_notes,
    ),
    Step(
        "Write a note without the scope",
        "The same token, for more than it allows.",
        service_steps.write_without_scope,
    ),
    Step(
        "No token",
        "Nothing presented, nothing to explain: the answer only says what to bring.",
        service_steps.without_token,
    ),
    Step(
        "One character of the token changed",
        "Damaged or tampered with, it is all the same.",
        service_steps.changed_token,
    ),
    Step(
        "The same claims, signed by a stranger",
        "Every claim and the key's id copied; only the key is another.",
        service_steps.stranger_token,
    ),
    Step(
        'A token that says it needs no signature ("alg": "none")',
        "The oldest trick against JWT libraries.",
        service_steps.unsigned_token,
    ),
    Step(
        "An expired token",
        "A client's own token that lives for two seconds, used before and after its end.",
        service_steps.expired_token,
    ),
    Step(
        "Refresh",
        "A new access token without a password; the refresh token is replaced at every use.",
        refresh_steps.refresh,
    ),
    Step(
        "The old refresh token again, at once",
        "Two browser tabs in a race, or an answer that was lost: no theft, and no sign-out.",
        refresh_steps.repeat_refresh,
    ),
    Step(
        "A stolen refresh token",
        "The owner goes on; later somebody presents the old one. Nobody can tell thief from owner: all of it ends.",
        refresh_steps.stolen_refresh,
    ),
    Step(
        "Sign in again",
        "Only the password starts over.",
        session_steps.sign_in_again,
    ),
    Step(
        "Sign out",
        "The access token has minutes to live, and the notes service hears that it is over.",
        session_steps.sign_out,
    ),
    Step(
        "Verified by hand",
        "The published keys and a cryptography library are enough, in any language.",
        session_steps.verify_by_hand,
    ),
)
