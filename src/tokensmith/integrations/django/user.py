"""What `request.user` is for a caller with a token: no row of a database, and nobody's permissions.

Django's own user models cannot be imported where `django.contrib.auth` is not installed, and a service that only takes
tokens need not have it.
"""

from collections.abc import Iterable

from tokensmith.guard import Principal


class _WithoutPermissions:
    # Scopes are what a client may do for somebody, Django's permissions what somebody may do: neither makes the other.
    is_active = True
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: object = None) -> bool:  # noqa: ARG002 -- the signature is Django's
        """Return False."""
        return False

    def has_perms(self, perm_list: Iterable[str], obj: object = None) -> bool:  # noqa: ARG002
        """Return False."""
        return False

    def has_module_perms(self, app_label: str) -> bool:  # noqa: ARG002
        """Return False."""
        return False


class TokenUser(_WithoutPermissions):
    """The caller, as Django and its applications look at users.

    Attributes:
        principal: What the token proves.
        username: The subject; unique within its issuer only.
        pk: Issuer and subject (OpenID Connect Core §5.7), so that it is one caller's alone and never taken for the
            number of a row in a table of users. `id` is the same.
    """

    is_authenticated = True
    is_anonymous = False

    def __init__(self, principal: Principal) -> None:
        self.principal = principal
        self.username = principal.subject
        self.pk = self.id = f"{principal.issuer}|{principal.subject}"

    def get_username(self) -> str:
        """Return the subject."""
        return self.username

    def __str__(self) -> str:
        return self.username

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TokenUser) and other.pk == self.pk

    def __hash__(self) -> int:
        return hash(self.pk)


class NoUser(_WithoutPermissions):
    """Nobody, where no middleware of Django's has put its AnonymousUser."""

    is_authenticated = False
    is_anonymous = True
    is_active = False
    username = ""
    pk = id = None

    def get_username(self) -> str:
        """Return an empty text."""
        return self.username

    def __str__(self) -> str:
        return "nobody"
