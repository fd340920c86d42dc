"""Notes in Django, for whoever carries a good token of one issuer: a whole project in one file.

python examples/django/notes.py --issuer http://127.0.0.1:8000 --audience http://127.0.0.1:8001 --port 8001
"""

import argparse
import json
from collections import defaultdict

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View

from tokensmith.guard import Guard, Issuer
from tokensmith.integrations.django import require

notes: defaultdict[str, list[str]] = defaultdict(list)


class Notes(View):
    @method_decorator(require("notes:read"))
    async def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse(notes[request.user.get_username()], safe=False)

    @method_decorator(require("notes:write"))
    async def post(self, request: HttpRequest) -> HttpResponse:
        mine = notes[request.user.get_username()]
        mine.append(json.loads(request.body)["text"])
        return JsonResponse(mine, safe=False, status=201)


@require(optional=True)
def health(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("notes", Notes.as_view()), path("health", health)]


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--issuer", default="http://127.0.0.1:8000")
    options.add_argument("--audience", default="http://127.0.0.1:8001")
    options.add_argument("--port", type=int, default=8001)
    chosen = options.parse_args()
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["tokensmith.integrations.django.TokenRequiredMiddleware"],
        TOKENSMITH_GUARD=Guard(Issuer(chosen.issuer, audience=chosen.audience)),
    )
    execute_from_command_line(["notes.py", "runserver", "--noreload", f"127.0.0.1:{chosen.port}"])
