"""One request to an ASGI application, in the terms of the contract."""

from starlette.testclient import TestClient

from tests.integrations.contract import Headers, Reply, Send


def sender(client: TestClient) -> Send:
    def send(method: str, path: str, headers: Headers) -> Reply:
        answer = client.request(method, path, headers=list(headers))
        return Reply(answer.status_code, dict(answer.headers), answer.content)

    return send
