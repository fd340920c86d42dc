"""One spelling for one target."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokensmith.guard.sender.target_uri import normal_form


@pytest.mark.parametrize(
    ("uri", "normal"),
    [
        ("https://api.test/a", "https://api.test/a"),
        ("HTTPS://API.Test/a", "https://api.test/a"),
        ("https://api.test", "https://api.test/"),
        ("https://api.test:443/", "https://api.test/"),
        ("http://api.test:80/", "http://api.test/"),
        ("https://api.test:/", "https://api.test/"),
        ("https://api.test:80/", "https://api.test:80/"),
        ("https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443/"),
        ("https://api.test/a?b=c#d", "https://api.test/a"),
        ("https://api.test/a#?b", "https://api.test/a"),
        ("https://api.test/%7euser/%2f%c3%a4", "https://api.test/~user/%2F%C3%A4"),
        ("https://api.test/a/./b/../c", "https://api.test/a/c"),
        ("https://api.test/a/%2E%2E/b", "https://api.test/b"),
        ("https://api.test/../../a", "https://api.test/a"),
        ("https://api.test/a/..", "https://api.test/"),
        ("https://api.test/a/.", "https://api.test/a/"),
        ("https://api.test//a", "https://api.test//a"),
        ("https://api.test/A+b", "https://api.test/A+b"),
    ],
)
def test_spellings_of_one_target_have_one_form(uri: str, normal: str) -> None:
    """RFC 3986 §6.2.2 and §6.2.3; the path's case and its empty segments are its own."""
    assert normal_form(uri) == normal


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/a",
        "//api.test/a",
        "ftp://api.test/a",
        "https:///a",
        "https:api.test/a",
        "https://ada@api.test/a",
        "https://api.test:x/a",
        "https://api.test:70000/a",
        "https://[::1/a",
        "https://api.test/%",
        "https://api.test/%2",
        "https://api.test/%zz",
        "https://api.test/a b",
        "https://api.test/a\tb",
        "https://api.test/a\nb",
        "https://api.test\\@evil.test/",
        "https://api.test/ä",
        "https://api.test/{a}",
        "https://api.test/" + "a" * 2048,
    ],
)
def test_what_is_no_target_is_refused(uri: str) -> None:
    """Rather than repaired, which two readers would do in two ways."""
    with pytest.raises(ValueError):  # noqa: PT011 - urllib has words of its own for some of them
        normal_form(uri)


@given(st.text(st.sampled_from("/.%2eE~aA"), max_size=24))
def test_the_normal_form_is_its_own(path: str) -> None:
    """Normalising twice changes nothing more."""
    try:
        once = normal_form(f"https://api.test/{path}")
    except ValueError:
        return

    assert normal_form(once) == once
