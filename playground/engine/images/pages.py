"""What programs in containers answer over HTTP, by the name that an image's ``Life.page`` gives.

A page is a function of a ``Visit``; it returns status, content type and body.
"""

from collections.abc import Callable, Mapping

from playground.api.machine import HttpAnswer
from playground.engine.images.application_pages import APPLICATION_PAGES
from playground.engine.images.visit import Visit


def _html(status: int, body: str, server: str) -> HttpAnswer:
    data = body.encode()
    return HttpAnswer(
        status, {"Server": server, "Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(data))}, data
    )


def _text(body: str, server: str = "", status: int = 200) -> HttpAnswer:
    data = body.encode()
    headers = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(data))}
    return HttpAnswer(status, {"Server": server, **headers} if server else headers, data)


_MISSING = (
    "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
    "<p>The requested URL was not found on the server.</p>\n"
)


def webpage(visit: Visit) -> HttpAnswer:
    """The chapter's web page: which version it is, and which container served it."""
    server = "Werkzeug/3.1.3 Python/3.12.10"
    if visit.path.partition("?")[0] != "/":
        return _html(404, _MISSING, server)
    colour = "#2563eb" if visit.version == "latest" else "#c2410c"
    return _html(
        200,
        f"<!doctype html>\n<html>\n<head><title>webpage {visit.version}</title></head>\n"
        f'<body style="font-family: sans-serif; text-align: center; background: {colour}; color: white">\n'
        f"<h1>webpage {visit.version}</h1>\n<p>Served by container {visit.hostname}</p>\n</body>\n</html>\n",
        server,
    )


def nginx(visit: Visit) -> HttpAnswer:
    return _static(visit, "/usr/share/nginx/html", f"nginx/{visit.version}")


def httpd(visit: Visit) -> HttpAnswer:
    return _static(visit, "/usr/local/apache2/htdocs", f"Apache/{visit.version} (Unix)")


def _static(visit: Visit, root: str, server: str) -> HttpAnswer:
    path = visit.path.partition("?")[0]
    found = visit.read(root + (path + "index.html" if path.endswith("/") else path))
    if found is not None:
        return HttpAnswer(
            200, {"Server": server, "Content-Type": "text/html", "Content-Length": str(len(found))}, found
        )
    name = server.partition(" ")[0]
    # A directory without its index is there, and not to be listed.
    status, words = (403, "403 Forbidden") if path == "/" else (404, "404 Not Found")
    return _html(
        status,
        f"<html>\r\n<head><title>{words}</title></head>\r\n<body>\r\n<center><h1>{words}</h1></center>\r\n"
        f"<hr><center>{name}</center>\r\n</body>\r\n</html>\r\n",
        server,
    )


def whoami(visit: Visit) -> HttpAnswer:
    """Tells the request back, as traefik/whoami does."""
    if visit.path.partition("?")[0] == "/health":
        return _text("")
    lines = [f"Hostname: {visit.hostname}", "IP: 127.0.0.1", "IP: ::1"]
    lines += [f"IP: {address}" for address in visit.addresses]
    lines += [
        f"RemoteAddr: {visit.client}:{40000 + len(visit.path) * 7 % 20000}",
        f"{visit.method} {visit.path} HTTP/1.1",
    ]
    headers = {"Host": visit.hostname, **{name.title(): value for name, value in visit.headers.items()}}
    lines.append(f"Host: {headers.pop('Host')}")
    lines += [f"{name}: {headers[name]}" for name in sorted(headers)]
    return _text("\n".join([*lines, "", ""]))


def echo_hello(visit: Visit) -> HttpAnswer:
    """nginxdemos/hello:plain-text and its like."""
    address = visit.addresses[0] if visit.addresses else "127.0.0.1"
    return _text(
        f"Server address: {address}:{visit.port}\nServer name: {visit.hostname}\nURI: {visit.path}\n", "nginx/1.27.5"
    )


def portainer(visit: Visit) -> HttpAnswer:
    if visit.path.startswith("/api/"):
        return HttpAnswer(200, {"Content-Type": "application/json"}, b'{"Version":"2.27.6"}\n')
    return _html(200, "<!doctype html>\n<html>\n<head><title>Portainer</title></head>\n<body></body>\n</html>\n", "")


def registry(visit: Visit) -> HttpAnswer:
    path = visit.path.partition("?")[0]
    headers = {"Content-Type": "application/json", "Docker-Distribution-Api-Version": "registry/2.0"}
    if path in ("/v2/", "/v2"):
        return HttpAnswer(200, headers, b"{}")
    if path == "/v2/_catalog":
        return HttpAnswer(200, headers, b'{"repositories":[]}\n')
    return HttpAnswer(404, {"Content-Type": "text/plain; charset=utf-8"}, b"404 page not found\n")


def nothing_found(visit: Visit) -> HttpAnswer:
    return _text("404 page not found\n", status=404)


PAGES: Mapping[str, Callable[[Visit], HttpAnswer]] = {
    "webpage": webpage,
    "nginx": nginx,
    "httpd": httpd,
    "whoami": whoami,
    "hello": echo_hello,
    "portainer": portainer,
    "registry": registry,
    "none": nothing_found,
    **APPLICATION_PAGES,
}
