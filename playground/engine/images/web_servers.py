"""Web servers of the catalogue, the chapter's own page first."""

from playground.engine.images.life import Image, Life, Line
from playground.engine.images.releases import releases
from playground.engine.images.releases_data import HTTPD, NGINX

_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MB = 1_000_000
_MS = 1_000


def _flask(version: str) -> Life:
    return Life(
        main=("python3", "-m", "flask"),
        ready_us=350 * _MS,
        lines=(
            Line(340 * _MS, " * Serving Flask app 'app'"),
            Line(340 * _MS, " * Debug mode: off"),
            Line(
                350 * _MS,
                "WARNING: This is a development server. Do not use it in a production deployment."
                " Use a production WSGI server instead.",
                2,
            ),
            Line(350 * _MS, " * Running on all addresses (0.0.0.0)", 2),
            Line(350 * _MS, " * Running on http://127.0.0.1:5000", 2),
            Line(350 * _MS, " * Running on http://{ip}:5000", 2),
            Line(350 * _MS, "Press CTRL+C to quit", 2),
        ),
        listens=(5000,),
        page="webpage",
        access='2{client} - - [{time:%d/%b/%Y %H:%M:%S}] "{method} {path} HTTP/1.1" {status} -',
    )


def _webpage(tag: str, created: str, digest: str) -> Image:
    return Image(
        "joeyratt/webpage",
        (tag,),
        68 * _MB,
        7,
        created,
        command=("python3", "-m", "flask", "--app", "app", "run", "--host=0.0.0.0"),
        env=(_PATH, "LANG=C.UTF-8", "PYTHON_VERSION=3.12.10"),
        directory="/app",
        userland="busybox",
        programs=("python3", "python", "flask", "pip", "curl"),
        files={"/app/app.py": b"from flask import Flask\n\napp = Flask(__name__)\n"},
        life=_flask(tag),
        digest=digest,
        version=tag,
    )


_NGINX_LIFE = Life(
    main=("nginx",),
    ready_us=80 * _MS,
    lines=(
        Line(
            10 * _MS,
            "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration",
        ),
        Line(10 * _MS, "/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/"),
        Line(60 * _MS, "/docker-entrypoint.sh: Configuration complete; ready for start up"),
        Line(80 * _MS, '{time:%Y/%m/%d %H:%M:%S} [notice] 1#1: using the "epoll" event method', 2),
        Line(80 * _MS, "{time:%Y/%m/%d %H:%M:%S} [notice] 1#1: nginx/{version}", 2),
        Line(80 * _MS, "{time:%Y/%m/%d %H:%M:%S} [notice] 1#1: start worker processes", 2),
        Line(80 * _MS, "{time:%Y/%m/%d %H:%M:%S} [notice] 1#1: start worker process 29", 2),
    ),
    listens=(80,),
    page="nginx",
    access='1{client} - - [{time:%d/%b/%Y:%H:%M:%S +0000}] "{method} {path} HTTP/1.1" {status} {length} "-" "{agent}"',
    on_stop=0,
    stop_lines=(Line(0, "{time:%Y/%m/%d %H:%M:%S} [notice] 1#1: signal 3 (SIGQUIT) received, shutting down", 2),),
)


_NGINX_WELCOME = (
    b"<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n<h1>Welcome to nginx!</h1>\n"
    b"<p>The web server is running and needs to be set up.</p>\n</body>\n</html>\n"
)
_NGINX_SITE = (
    b"server {\n    listen       80;\n    server_name  localhost;\n\n    location / {\n"
    b"        root   /usr/share/nginx/html;\n        index  index.html index.htm;\n    }\n}\n"
)


def _nginx(tags: tuple[str, ...], version: str, size: int, layers: int, created: str, userland: str) -> Image:
    return Image(
        "nginx",
        tags,
        size,
        layers,
        created,
        command=("nginx", "-g", "daemon off;"),
        entrypoint=("/docker-entrypoint.sh",),
        env=(_PATH, f"NGINX_VERSION={version}", "PKG_RELEASE=1"),
        ports=("80/tcp",),
        stop_signal="SIGQUIT",
        labels={"maintainer": "NGINX Docker Maintainers <docker-maint@nginx.com>"},
        userland=userland,
        programs=("nginx", "curl"),
        files={
            "/etc/nginx/nginx.conf": b"worker_processes  auto;\n",
            "/etc/nginx/conf.d/default.conf": _NGINX_SITE,
            "/usr/share/nginx/html/index.html": _NGINX_WELCOME,
            "/usr/share/nginx/html/50x.html": b"<!DOCTYPE html>\n<html>\n<h1>An error occurred.</h1>\n</html>\n",
        },
        life=_NGINX_LIFE,
        version=version,
    )


def _httpd(tags: tuple[str, ...], version: str, created: str, size: int, userland: str) -> Image:
    return Image(
        "httpd",
        tags,
        size,
        6,
        created,
        command=("httpd-foreground",),
        env=("PATH=/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",),
        ports=("80/tcp",),
        directory="/usr/local/apache2",
        stop_signal="SIGWINCH",
        userland=userland,
        programs=("httpd", "httpd-foreground"),
        files={"/usr/local/apache2/htdocs/index.html": b"<html><body><h1>It works!</h1></body></html>\n"},
        life=Life(
            main=("httpd-foreground",),
            ready_us=90 * _MS,
            lines=(
                Line(
                    80 * _MS,
                    "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, "
                    "using {ip}. Set the 'ServerName' directive globally to suppress this message",
                    2,
                ),
                Line(
                    90 * _MS,
                    "[{time:%a %b %d %H:%M:%S.%f %Y}] [mpm_event:notice] [pid 1:tid 1] AH00489: "
                    "Apache/{version} (Unix) configured -- resuming normal operations",
                    2,
                ),
                Line(
                    90 * _MS,
                    "[{time:%a %b %d %H:%M:%S.%f %Y}] [core:notice] [pid 1:tid 1] AH00094: "
                    "Command line: 'httpd -D FOREGROUND'",
                    2,
                ),
            ),
            listens=(80,),
            page="httpd",
            access='1{client} - - [{time:%d/%b/%Y:%H:%M:%S +0000}] "{method} {path} HTTP/1.1" {status} {length}',
            on_stop=0,
        ),
        version=version,
    )


_HTTPD_NAMES = {"2.4.63": ("2", "latest")}

WEB_SERVERS: tuple[Image, ...] = (
    _webpage(
        "latest",
        "2024-03-12T11:21:07Z",
        "sha256:c2a542df76b9f3d41b1895f9ed6c8632f49aa9e5644cddb4ea2c285600d2adf7",
    ),
    _webpage("v2.0", "2024-03-12T11:02:44Z", ""),
    *(
        _nginx(one.tags, one.version, one.size, 7, one.created, "debian")
        for one in releases(NGINX, {"1.27.5": ("1", "latest", "mainline", "bookworm"), "1.28.0": ("stable",)})
    ),
    *(
        _nginx(one.tagged("alpine"), one.version, one.alpine, 8, one.created, "busybox")
        for one in releases(NGINX, {"1.27.5": ("1", "latest", "mainline"), "1.28.0": ("stable",)})
        if one.alpine
    ),
    *(_httpd(one.tags, one.version, one.created, one.size, "debian") for one in releases(HTTPD, _HTTPD_NAMES)),
    *(
        _httpd(one.tagged("alpine"), one.version, one.created, one.alpine, "busybox")
        for one in releases(HTTPD, _HTTPD_NAMES)
    ),
)
