"""What every adapter's tests need: an issuer; and for those of Django and its REST framework, their settings."""

import pytest

from tests.integrations.django_project import prepare
from tokensmith.guard.testing import FakeIssuer

# Before anything of Django is loaded.
prepare()


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()
