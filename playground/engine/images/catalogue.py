"""The built-in images: names, tags, sizes, ports, commands and lives of well-known images on Docker Hub.

The images themselves stand in modules by subject. Sizes are those of ``docker images`` on linux/amd64, rounded; digests
other than the chapter's are made up.
"""

from playground.engine.images.applications import APPLICATIONS
from playground.engine.images.courses import COURSES
from playground.engine.images.databases import DATABASES
from playground.engine.images.demonstrations import DEMONSTRATIONS
from playground.engine.images.life import Image
from playground.engine.images.management import MANAGEMENT
from playground.engine.images.monitoring import MONITORING
from playground.engine.images.proxies import PROXIES
from playground.engine.images.stores import STORES
from playground.engine.images.systems import SYSTEMS
from playground.engine.images.web_servers import WEB_SERVERS

IMAGES: tuple[Image, ...] = (
    *WEB_SERVERS,
    *DATABASES,
    *SYSTEMS,
    *DEMONSTRATIONS,
    *COURSES,
    *PROXIES,
    *MANAGEMENT,
    *STORES,
    *MONITORING,
    *APPLICATIONS,
)
