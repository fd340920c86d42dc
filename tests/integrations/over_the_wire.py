"""One request to a server on this machine, sent as it is: a header twice where a test says so."""

from http.client import HTTPConnection

from tests.integrations.contract import Headers, Reply


def exchange(port: int, method: str, path: str, headers: Headers) -> Reply:
    """Send it, and return what came back."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.putrequest(method, path)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()
