"""TrustAnchors: from a certificate chain to a Key, by way of the authorities one trusts (RFC 5280 §6, RFC 7515 §4.1.6).

The path is built and checked by `cryptography.x509.verification`; what a certificate for signing tokens may say, which
no TLS policy covers, is said here. Chains inside a token's header are never looked at: whoever wants one checked hands
it over by hand. Revocation lists are not asked.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    DNSName,
    ExtendedKeyUsage,
    KeyUsage,
    ObjectIdentifier,
    SubjectAlternativeName,
    UniformResourceIdentifier,
    load_pem_x509_certificates,
)
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
)

from tokensmith.jose.errors import KeyMaterialError
from tokensmith.jose.jwk.certificate_members import load_certificate, read_chain
from tokensmith.jose.jwk.key import Key

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TrustAnchors:
    """The authorities whose certificates are believed, and what a certificate has to be for; made by `from_pem`."""

    _policy: PolicyBuilder = field(repr=False)

    @classmethod
    def from_pem(cls, data: str | bytes, *, purpose: str | None, name: str | None) -> "TrustAnchors":
        """Trust the certificates of a PEM text.

        Args:
            data: One or more certificates; authorities, or a signer's own certificate to trust that one alone.
            purpose: The extended key usage a signer's certificate has to list, as a dotted object identifier such as
                "1.3.6.1.5.5.7.3.2"; authorities on the way may list none, it or "any". None, written out, asks for no
                purpose: for authorities that certify nobody but token signers.
            name: The DNS name or URI, letter by letter, that has to be among the certificate's subject alternative
                names. None, written out, takes any: for authorities that certify one party alone.

        Raises:
            TypeError, ValueError: *data* holds no certificate, or *purpose* is no object identifier.
        """
        if not isinstance(name, str | None):
            raise TypeError("name is a string, or None.")
        octets = data.encode() if isinstance(data, str) else data
        builder = PolicyBuilder().store(Store(load_pem_x509_certificates(octets)))
        required = None if purpose is None else ObjectIdentifier(purpose)
        return cls(
            builder.extension_policies(ca_policy=_authority_policy(required), ee_policy=_signer_policy(required, name))
        )

    def verify(self, x5c: object, *, now: float, alg: str | None = None, kid: str | None = None) -> Key:
        """Check a chain, and take the key of its first certificate.

        Args:
            x5c: The value of an "x5c" member: an array of base64 texts, the signer's certificate first. It may come
                from anywhere; a JWK that was read holds the same key as its first certificate.
            now: Seconds since 1970; every certificate of the path has to be valid then.
            alg: The algorithm; RSA keys need it, other keys follow their kind.
            kid: The key's id.

        Raises:
            KeyMaterialError: The array is malformed ("malformed_key"); no path leads to an anchor, a certificate on it
                is out of date or may not certify, or the first one is for something else ("untrusted_certificate");
                or the key is of no use to us, as of `Key.from_der`. Paths through Ed25519 authorities are not built.
            ValueError: *alg* is no algorithm of ours, or *now* is no date.
        """
        chain = read_chain(x5c)
        signer, *authorities = map(load_certificate, chain)
        verifier = self._policy.time(_moment(now)).build_client_verifier()
        try:
            verifier.verify(signer, authorities)
        # VerificationError as a rule; a certificate with malformed extensions raises other kinds.
        except Exception as error:  # noqa: BLE001
            raise KeyMaterialError(
                "The certificate is not trusted.", code="untrusted_certificate", detail=str(error)[:512]
            ) from None
        return Key.from_der(chain[0], alg=alg, kid=kid)


def _moment(now: float) -> datetime:
    try:
        return _EPOCH + timedelta(seconds=now)
    except (OverflowError, ValueError):
        raise ValueError("now is in seconds since 1970.") from None


def _authority_policy(purpose: ObjectIdentifier | None) -> ExtensionPolicy:
    # The defaults ask each authority for its basic constraints and for keyCertSign; their purpose is that of TLS.
    return ExtensionPolicy.webpki_defaults_ca().may_be_present(
        ExtendedKeyUsage, Criticality.AGNOSTIC, partial(_check_authority_purpose, purpose)
    )


def _signer_policy(purpose: ObjectIdentifier | None, name: str | None) -> ExtensionPolicy:
    policy = (
        ExtensionPolicy.permit_all()
        .may_be_present(BasicConstraints, Criticality.AGNOSTIC, _refuse_authority)
        .may_be_present(KeyUsage, Criticality.AGNOSTIC, _check_key_usage)
    )
    if purpose is not None:
        policy = policy.require_present(ExtendedKeyUsage, Criticality.AGNOSTIC, partial(_check_purpose, purpose))
    if name is not None:
        policy = policy.require_present(SubjectAlternativeName, Criticality.AGNOSTIC, partial(_check_name, name))
    return policy


# Each validator says no by a ValueError, which ends in the detail of "untrusted_certificate".


def _check_authority_purpose(
    purpose: ObjectIdentifier | None, _policy: Policy, _certificate: Certificate, usage: ExtendedKeyUsage | None
) -> None:
    if purpose is None or usage is None:
        return
    if purpose not in usage and ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE not in usage:
        raise ValueError("the authority does not certify for this purpose")


def _check_purpose(
    purpose: ObjectIdentifier, _policy: Policy, _certificate: Certificate, usage: ExtendedKeyUsage
) -> None:
    # "Any" is what a certificate says that was made for something else: the purpose has to be named (C06).
    if purpose not in usage:
        raise ValueError("the certificate is for another purpose")


def _check_name(name: str, _policy: Policy, _certificate: Certificate, names: SubjectAlternativeName) -> None:
    if name not in (
        *names.get_values_for_type(DNSName),
        *names.get_values_for_type(UniformResourceIdentifier),
    ):
        raise ValueError("the certificate is for another name")


def _refuse_authority(_policy: Policy, _certificate: Certificate, constraints: BasicConstraints | None) -> None:
    if constraints is not None and constraints.ca:
        raise ValueError("an authority's certificate is for signing certificates")


def _check_key_usage(_policy: Policy, _certificate: Certificate, usage: KeyUsage | None) -> None:
    # RFC 5280 §4.2.1.3: whoever restricts the usage lists digitalSignature for what is neither certificate nor CRL.
    if usage is not None and not usage.digital_signature:
        raise ValueError("the certificate is not for signatures")
