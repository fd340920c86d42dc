"""Every weakness that lint names, by its number; docs/lint.md says the same for people (RFC 8725, RFC 7515 to 7519).

A number never changes its meaning: people write it into their build to let one weakness pass.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Severity = Literal["serious", "advice"]
"""Serious: exploitable as it is, or refused by a careful reader. Advice: weaker than it need be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One weakness."""

    id: str
    """L and a number for tokens, K and a number for keys."""
    severity: Severity
    title: str
    clause: str
    fix: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A weakness that is there, and where."""

    rule: Rule
    found: str


def _serious(id: str, title: str, clause: str, fix: str) -> Rule:  # noqa: A002 - a row of the table
    return Rule(id=id, severity="serious", title=title, clause=clause, fix=fix)


def _advice(id: str, title: str, clause: str, fix: str) -> Rule:  # noqa: A002
    return Rule(id=id, severity="advice", title=title, clause=clause, fix=fix)


_OF_TOKENS: Final = (
    _serious("L01", "It is not signed.", "RFC 8725 §3.2", "Sign it; a verifier has to refuse this one."),
    _advice(
        "L02",
        "Whoever can verify it can forge it.",
        "RFC 7515 §10.5",
        "Sign with a pair of keys, such as ES256, where issuer and service are two.",
    ),
    _serious("L03", "It never expires.", "RFC 7519 §4.1.4", 'Set "exp", minutes ahead for access tokens.'),
    _advice(
        "L04", "It lives longer than a day.", "RFC 6750 §5.3", "Make it short-lived, and renew it with a refresh token."
    ),
    _serious(
        "L05", "A time is not a number.", "RFC 7519 §2", "Write seconds since 1970 as a JSON number, without quotes."
    ),
    _serious(
        "L06", "A time is in milliseconds.", "RFC 7519 §2", "Divide by 1000: as seconds it is thousands of years away."
    ),
    _advice(
        "L07",
        "Its type is not explicit.",
        "RFC 8725 §3.11",
        'Set "typ" to the kind of token, such as "at+jwt", and have verifiers ask for it.',
    ),
    _serious(
        "L08",
        'Its "kid" looks like an attack.',
        "RFC 8725 §3.10",
        "Compare key ids for equality; never build a path, query or URL of one.",
    ),
    _advice("L09", 'Its "kid" is long.', "RFC 7515 §4.1.4", "Use the key's thumbprint, 43 characters."),
    _serious(
        "L10",
        "It brings or points to its own key.",
        "RFC 8725 §3.10",
        "Leave it out; verifiers take keys from the issuer they know.",
    ),
    _serious(
        "L11",
        "It shows a secret to everybody.",
        "RFC 7519 §12",
        "Leave it out, or encrypt the token; a signature hides nothing.",
    ),
    _advice(
        "L12",
        "It does not fit into a cookie.",
        "RFC 6265 §6.1",
        "Carry less: 4096 bytes is what browsers promise to keep.",
    ),
    _serious(
        "L13",
        "It does not fit into a header.",
        "RFC 9110 §5.4",
        "Carry less: many servers refuse a header of more than 8 KiB.",
    ),
    _serious(
        "L14",
        "It can be spelled in several ways.",
        "RFC 7515 §2",
        "Write base64url without padding, white space or spare bits.",
    ),
    _serious("L15", "It can be read in two ways.", "RFC 7515 §4, RFC 7519 §4", "Name each member once."),
    _serious("L16", "It comes from the future.", "RFC 7519 §4.1.6", "Set the issuer's clock."),
    _serious("L17", "It is never good.", "RFC 7519 §4.1.5", 'Set "exp" after "nbf" and "iat".'),
    _advice(
        "L18",
        "It is for nobody in particular.",
        "RFC 8725 §3.9",
        'Set "aud"; without it, any service may replay it at another.',
    ),
    _advice(
        "L19", "It does not say who issued it.", "RFC 8725 §3.8", 'Set "iss", so that a verifier takes the right keys.'
    ),
    _serious(
        "L20",
        'Its "crit" breaks the rules.',
        "RFC 7515 §4.1.11",
        "List there only extensions that are in the header, each once.",
    ),
    _serious(
        "L21", "Its payload claims to be unencoded.", "RFC 7797 §7", 'Leave "b64" out; it may not be used with a JWT.'
    ),
    _advice(
        "L22", "Its algorithm's name is deprecated.", "RFC 9864 §4.1.2", 'Say "Ed25519" or "Ed448" instead of "EdDSA".'
    ),
    _serious("L23", "It is encrypted with RSAES-PKCS1-v1_5.", "RFC 8725 §3.2", "Use RSA-OAEP-256 or ECDH-ES."),
    _advice("L24", "It is compressed.", "RFC 8725 §3.6", 'Leave "zip" out: its length tells about the content.'),
    _serious("L25", "Its header breaks the rules.", "RFC 7515 §4.1", "Give every parameter the type of the standard."),
    _advice(
        "L26", "Its algorithm is not known here.", "RFC 7518 §3.1", "Use one of the standard, in its exact spelling."
    ),
    _serious(
        "L27",
        "Its signature is missing or cut.",
        "RFC 7515 §5.2",
        "Send the token whole; ECDSA signatures are r and s, not DER.",
    ),
    _serious(
        "L28",
        "A registered claim has the wrong type.",
        "RFC 7519 §4.1",
        '"iss", "sub" and "jti" are strings, "aud" one or a list.',
    ),
    _serious("L29", "It holds no claims.", "RFC 7519 §7.2", "Sign a JSON object, or call it a JWS."),
)
_OF_KEYS: Final = (
    _serious(
        "K01", "The RSA key is weak.", "RFC 7518 §3.3", "Make a new one: tokensmith jwk generate PS256 --bits 3072"
    ),
    _advice(
        "K02",
        "The key has no id.",
        "RFC 7517 §4.5",
        'Set "kid" to its thumbprint, so that keys can be changed one by one.',
    ),
    _advice("K03", "The key does not say its algorithm.", "RFC 8725 §3.1", 'Set "alg": one key, one algorithm.'),
    _advice("K04", "The key does not say what it is for.", "RFC 7517 §4.2", 'Set "use", to "sig" or "enc".'),
    _serious(
        "K05",
        "The set shows a secret.",
        "RFC 7517 §9.2",
        "Publish public halves, and replace this key: tokensmith jwk public",
    ),
    _serious("K06", "The secret is weak.", "RFC 7518 §3.2", "Make a random one: tokensmith jwk generate HS256"),
    _serious(
        "K07",
        "The secret is a public key.",
        "RFC 8725 §2.1",
        "Replace it: everybody has it, and can forge tokens with it.",
    ),
    _advice(
        "K08", "The algorithm's name is deprecated.", "RFC 9864 §4.1.2", 'Say "Ed25519" or "Ed448" instead of "EdDSA".'
    ),
    _serious("K09", "The key is for RSAES-PKCS1-v1_5.", "RFC 8725 §3.2", "Use RSA-OAEP-256 or ECDH-ES."),
    _serious("K10", "Two keys have the same id.", "RFC 7517 §4.5", "Give each key of a set an id of its own."),
    _serious("K11", "The key contradicts itself.", "RFC 7517 §4.3", 'Have "use", "key_ops" and "alg" say the same.'),
    _serious("K12", "The key cannot be used.", "RFC 7517 §4", "Export it again from where it was made."),
    _advice("K13", "The kind of key is not known here.", "RFC 7518 §6.1", "Nothing more is said about it."),
)

RULES: Final[Mapping[str, Rule]] = MappingProxyType({rule.id: rule for rule in (*_OF_TOKENS, *_OF_KEYS)})


def finding(rule_id: str, found: str) -> Finding:
    """Say that a rule applies, and where."""
    return Finding(RULES[rule_id], found)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Put what is serious first, and the rest by number; findings of one rule stay as they came."""
    return sorted(findings, key=lambda each: (each.rule.severity != "serious", each.rule.id))
