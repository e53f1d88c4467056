"""Pages of applications, as much of them as tells that they are there: where they lead, or what their title is."""

from collections.abc import Callable, Mapping
from html import escape

from playground.api.machine import HttpAnswer
from playground.engine.images.visit import Visit

_APACHE = "Apache/2.4.62 (Debian)"
_LEADS = {
    "wordpress": ("/wp-admin/install.php", _APACHE),
    "drupal": ("/core/install.php", _APACHE),
    "nextcloud": ("/index.php/login", _APACHE),
    "grafana": ("/login", ""),
    "prometheus": ("/query", ""),
    "cadvisor": ("/containers/", ""),
    "traefik-dashboard": ("/dashboard/", ""),
    "kibana": ("/spaces/enter", ""),
}
_TITLES = {
    "adminer": ("Login - Adminer", ""),
    "caddy": ("Caddy works!", "Caddy"),
    "ghost": ("Ghost", ""),
    "gitea": ("Installation - Gitea: Git with a cup of tea", ""),
    "haproxy-stats": ("Statistics Report for HAProxy", ""),
    "jenkins": ("Sign in [Jenkins]", "Jetty(12.0.19)"),
    "phpmyadmin": ("phpMyAdmin", _APACHE),
    "rabbitmq": ("RabbitMQ Management", "Cowboy"),
    "result": ("Cats vs Dogs -- Result", ""),
    "swarmpit": ("Swarmpit", ""),
    "tomcat": ("Apache Tomcat", ""),
    "visualizer": ("Visualizer", ""),
    "welcome": ("Welcome to Docker", "nginx/1.27.5"),
}


def vote(visit: Visit) -> HttpAnswer:
    """The voting application's front end: people reload it to see another container answer."""
    first = visit.environment.get("OPTION_A", "Cats")
    second = visit.environment.get("OPTION_B", "Dogs")
    return _page(
        f"{first} vs {second}!",
        f'<button name="vote" value="a">{escape(first)}</button>\n'
        f'<button name="vote" value="b">{escape(second)}</button>\n'
        f"<p>Processed by container ID {escape(visit.hostname)}</p>\n",
        "gunicorn",
    )


def served_by(visit: Visit) -> HttpAnswer:
    """One of the many images that greet and name the container that answers."""
    return _page("Hello world!", f"<p>My hostname is {escape(visit.hostname)}</p>\n", "")


def whoami_short(visit: Visit) -> HttpAnswer:
    """jwilder/whoami."""
    body = f"I'm {visit.hostname}\n".encode()
    return HttpAnswer(200, {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))}, body)


def elasticsearch(visit: Visit) -> HttpAnswer:
    if visit.path.partition("?")[0] != "/":
        return _json(404, '{"error":"no handler found for uri [' + visit.path + "] and method [" + visit.method + ']"}')
    return _json(
        200,
        f'{{\n  "name" : "{visit.hostname}",\n  "cluster_name" : "docker-cluster",\n'
        f'  "version" : {{\n    "number" : "{visit.version}"\n  }},\n  "tagline" : "You Know, for Search"\n}}\n',
    )


def metrics(visit: Visit) -> HttpAnswer:
    """An exporter: a link at its root, and next to nothing to measure."""
    if visit.path.startswith("/metrics"):
        body = b"# HELP up Whether this exporter runs.\n# TYPE up gauge\nup 1\n"
        return HttpAnswer(200, {"Content-Type": "text/plain; version=0.0.4", "Content-Length": str(len(body))}, body)
    return _page("Exporter", '<a href="/metrics">Metrics</a>\n', "")


def _json(status: int, text: str) -> HttpAnswer:
    return HttpAnswer(status, {"Content-Type": "application/json", "Content-Length": str(len(text))}, text.encode())


def _page(title: str, body: str, server: str) -> HttpAnswer:
    data = (
        f"<!DOCTYPE html>\n<html>\n<head><title>{escape(title)}</title></head>\n"
        f"<body>\n<h1>{escape(title)}</h1>\n{body}</body>\n</html>\n"
    ).encode()
    headers = {"Server": server} if server else {}
    return HttpAnswer(
        200, {**headers, "Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(data))}, data
    )


def _titled(title: str, server: str) -> Callable[[Visit], HttpAnswer]:
    return lambda visit: _page(title, "", server)


def _leading(place: str, server: str) -> Callable[[Visit], HttpAnswer]:
    def page(visit: Visit) -> HttpAnswer:
        if visit.path.partition("?")[0] != "/":
            return _page(place.strip("/").rpartition("/")[2] or "Page", "", server)
        return HttpAnswer(
            302, {**({"Server": server} if server else {}), "Location": place, "Content-Length": "0"}, b""
        )

    return page


APPLICATION_PAGES: Mapping[str, Callable[[Visit], HttpAnswer]] = {
    **{name: _titled(*facts) for name, facts in _TITLES.items()},
    **{name: _leading(*facts) for name, facts in _LEADS.items()},
    "vote": vote,
    "served-by": served_by,
    "whoami-short": whoami_short,
    "elasticsearch": elasticsearch,
    "metrics": metrics,
}
