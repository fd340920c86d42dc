"""What `request.user` is for a caller with a token."""

from tokensmith.guard import Principal
from tokensmith.integrations.django import NoUser, TokenUser


def user(subject: str = "1", issuer: str = "https://id.example") -> TokenUser:
    scopes = frozenset({"notes.read"})
    return TokenUser(Principal(subject=subject, client_id=None, issuer=issuer, scopes=scopes, claims={}))


def test_its_name_is_the_subject() -> None:
    assert (user("ada").get_username(), user("ada").username, str(user("ada"))) == ("ada", "ada", "ada")
    assert user("ada").is_authenticated
    assert not user("ada").is_anonymous


def test_its_key_is_one_callers_alone() -> None:
    """A subject "1" is not row 1 of a table of users, and not the "1" of another issuer (OpenID Connect Core §5.7)."""
    assert user().pk == user().id == "https://id.example|1"
    assert user() == user()
    assert hash(user()) == hash(user())
    assert user() != user(issuer="https://other.example")
    assert user() != user("2")
    assert user() != "https://id.example|1"


def test_it_has_no_permission_whatever_its_scopes_are_called() -> None:
    for somebody in (user(), NoUser()):
        assert not somebody.has_perm("notes.read")
        assert not somebody.has_perms(["notes.read"])
        assert not somebody.has_module_perms("notes")
        assert not somebody.is_staff
        assert not somebody.is_superuser


def test_nobody_is_not_authenticated() -> None:
    assert not NoUser().is_authenticated
    assert NoUser().is_anonymous
    assert not NoUser().is_active
    assert (NoUser().pk, NoUser().get_username(), str(NoUser())) == (None, "", "nobody")
