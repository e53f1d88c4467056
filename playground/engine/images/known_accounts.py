"""Who is in the password and group files of images.

Source: ``/etc/passwd`` and ``/etc/group`` of ``alpine:3.21``, ``busybox:1.37`` and ``debian:12``; for the users that
images add, their build files.
"""

from typing import Final

from playground.engine.images.life import Image

_ALPINE_PASSWD: Final = """root:x:0:0:root:/root:/bin/sh
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
lp:x:4:7:lp:/var/spool/lpd:/sbin/nologin
sync:x:5:0:sync:/sbin:/bin/sync
shutdown:x:6:0:shutdown:/sbin:/sbin/shutdown
halt:x:7:0:halt:/sbin:/sbin/halt
mail:x:8:12:mail:/var/mail:/sbin/nologin
news:x:9:13:news:/usr/lib/news:/sbin/nologin
uucp:x:10:14:uucp:/var/spool/uucppublic:/sbin/nologin
cron:x:16:16:cron:/var/spool/cron:/sbin/nologin
ftp:x:21:21::/var/lib/ftp:/sbin/nologin
sshd:x:22:22:sshd:/dev/null:/sbin/nologin
games:x:35:35:games:/usr/games:/sbin/nologin
ntp:x:123:123:NTP:/var/empty:/sbin/nologin
guest:x:405:100:guest:/dev/null:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
"""
_ALPINE_GROUP: Final = """root:x:0:root
bin:x:1:root,bin,daemon
daemon:x:2:root,bin,daemon
sys:x:3:root,bin
adm:x:4:root,daemon
tty:x:5:
disk:x:6:root
lp:x:7:lp
kmem:x:9:
wheel:x:10:root
floppy:x:11:root
mail:x:12:mail
news:x:13:news
uucp:x:14:uucp
cron:x:16:cron
audio:x:18:
cdrom:x:19:
dialout:x:20:root
ftp:x:21:
sshd:x:22:
input:x:23:
tape:x:26:root
video:x:27:root
netdev:x:28:
kvm:x:34:kvm
games:x:35:
shadow:x:42:
www-data:x:82:
users:x:100:games
ntp:x:123:
utmp:x:406:
ping:x:999:
nogroup:x:65533:
nobody:x:65534:
"""
_BUSYBOX_PASSWD: Final = """root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
sync:x:4:100:sync:/bin:/bin/sync
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
"""
_BUSYBOX_GROUP: Final = """root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
lp:x:7:
mail:x:8:
kmem:x:9:
wheel:x:10:root
cdrom:x:11:
dialout:x:18:
floppy:x:19:
video:x:28:
audio:x:29:
tape:x:32:
www-data:x:33:
operator:x:37:
utmp:x:43:
plugdev:x:46:
staff:x:50:
lock:x:54:
netdev:x:82:
users:x:100:
nobody:x:65534:
"""
_DEBIAN_NAMES: Final = (
    ("daemon", 1, 1, "/usr/sbin"),
    ("bin", 2, 2, "/bin"),
    ("sys", 3, 3, "/dev"),
    ("sync", 4, 65534, "/bin"),
    ("games", 5, 60, "/usr/games"),
    ("man", 6, 12, "/var/cache/man"),
    ("lp", 7, 7, "/var/spool/lpd"),
    ("mail", 8, 8, "/var/mail"),
    ("news", 9, 9, "/var/spool/news"),
    ("uucp", 10, 10, "/var/spool/uucp"),
    ("proxy", 13, 13, "/bin"),
    ("www-data", 33, 33, "/var/www"),
    ("backup", 34, 34, "/var/backups"),
    ("list", 38, 38, "/var/list"),
    ("irc", 39, 39, "/run/ircd"),
    ("_apt", 42, 65534, "/nonexistent"),
    ("nobody", 65534, 65534, "/nonexistent"),
)
_DEBIAN_PASSWD: Final = "root:x:0:0:root:/root:/bin/bash\n" + "".join(
    f"{name}:x:{number}:{group}:{'' if name == '_apt' else name}:{home}:"
    f"{'/bin/sync' if name == 'sync' else '/usr/sbin/nologin'}\n"
    for name, number, group, home in _DEBIAN_NAMES
)
_DEBIAN_GROUP: Final = "".join(
    f"{name}:x:{number}:\n"
    for name, number in (
        ("root", 0), ("daemon", 1), ("bin", 2), ("sys", 3), ("adm", 4), ("tty", 5), ("disk", 6), ("lp", 7), ("mail", 8),
        ("news", 9), ("uucp", 10), ("man", 12), ("proxy", 13), ("kmem", 15), ("dialout", 20), ("fax", 21),
        ("voice", 22), ("cdrom", 24), ("floppy", 25), ("tape", 26), ("sudo", 27), ("audio", 29), ("dip", 30),
        ("www-data", 33), ("backup", 34), ("operator", 37), ("list", 38), ("irc", 39), ("src", 40), ("shadow", 42),
        ("utmp", 43), ("video", 44), ("sasl", 45), ("plugdev", 46), ("staff", 50), ("games", 60), ("users", 100),
        ("nogroup", 65534),
    )
)  # fmt: skip
_FILES: Final = {
    "alpine": (_ALPINE_PASSWD, _ALPINE_GROUP),
    "busybox": (_BUSYBOX_PASSWD, _BUSYBOX_GROUP),
    "debian": (_DEBIAN_PASSWD, _DEBIAN_GROUP),
    "none": ("", ""),
}
_OWN: Final = {
    "elasticsearch": ("elasticsearch", 1000),
    "ghost": ("node", 1000),
    "haproxy": ("haproxy", 99),
    "mariadb": ("mysql", 999),
    "memcached": ("memcache", 11211),
    "mongo": ("mongodb", 999),
    "mysql": ("mysql", 999),
    "nginx": ("nginx", 101),
    "node": ("node", 1000),
    "postgres": ("postgres", 999),
    "rabbitmq": ("rabbitmq", 999),
    "redis": ("redis", 999),
}
"""The user that an image adds, by its repository. Alpine's variants of some have other numbers."""
_FIRST_OF_SYSTEM: Final = 999


def password_files(kind: str, image: Image | None = None) -> dict[str, bytes]:
    """``/etc/passwd`` and ``/etc/group`` of a userland, with whom an image adds; nothing where nobody is known."""
    users, groups = _FILES[kind]
    if image is not None:
        name, number = _OWN.get(image.repository, ("", _FIRST_OF_SYSTEM))
        for each in dict.fromkeys((name, image.user.partition(":")[0])):
            if each and not each.isdecimal() and not any(line.startswith(f"{each}:") for line in users.splitlines()):
                users += f"{each}:x:{number}:{number}::/home/{each}:/sbin/nologin\n"
                if not any(line.startswith(f"{each}:") for line in groups.splitlines()):
                    groups += f"{each}:x:{number}:\n"
    return {"/etc/passwd": users.encode(), "/etc/group": groups.encode()} if users else {}
