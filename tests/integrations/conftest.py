"""Django wants its settings before anything of it is loaded; its tests, and those of its REST framework, share them."""

from tests.integrations.django_project import prepare

prepare()
