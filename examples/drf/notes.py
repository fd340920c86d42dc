"""Notes in Django REST framework, for whoever carries a good token of one issuer: a whole project in one file.

python examples/drf/notes.py --issuer http://127.0.0.1:8000 --audience http://127.0.0.1:8001 --port 8001
"""

import argparse
from collections import defaultdict

from django.conf import settings
from django.core.management import execute_from_command_line

from tokensmith.guard import Guard, Issuer

options = argparse.ArgumentParser()
options.add_argument("--issuer", default="http://127.0.0.1:8000")
options.add_argument("--audience", default="http://127.0.0.1:8001")
options.add_argument("--port", type=int, default=8001)
chosen = options.parse_args()
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["rest_framework"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["tokensmith.integrations.drf.TokenAuthentication"],
        # No view is open unless it says so, and without django.contrib.auth there is no anonymous user.
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "UNAUTHENTICATED_USER": None,
    },
    TOKENSMITH_GUARD=Guard(Issuer(chosen.issuer, audience=chosen.audience)),
)

# The framework reads the settings when it is loaded.
from django.urls import path  # noqa: E402
from rest_framework.permissions import AllowAny, BasePermission  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from tokensmith.integrations.drf import HasScope  # noqa: E402

notes: defaultdict[str, list[str]] = defaultdict(list)


class Notes(APIView):
    def get_permissions(self) -> list[BasePermission]:
        return [HasScope("notes:read" if self.request.method == "GET" else "notes:write")]

    def get(self, request: Request) -> Response:
        return Response(notes[request.user.get_username()])

    def post(self, request: Request) -> Response:
        mine = notes[request.user.get_username()]
        mine.append(request.data["text"])
        return Response(mine, status=201)


class Health(APIView):
    permission_classes = (AllowAny,)

    def get(self, _request: Request) -> Response:
        return Response("ok")


urlpatterns = [path("notes", Notes.as_view()), path("health", Health.as_view())]

if __name__ == "__main__":
    execute_from_command_line(["notes.py", "runserver", "--noreload", f"127.0.0.1:{chosen.port}"])
