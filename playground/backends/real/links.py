"""Cuts, losses and delays between real machines, as commands that run on them.

Needs CAP_NET_ADMIN on the machine. Everything lies in one chain of our own, so what Docker and Swarm put there is never
touched. A loss is drawn by iptables; a delay needs the kernel's netem (CONFIG_NET_SCH_NETEM), which not every one has.
Both ends drop, so a cut holds while one end is being started again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

CHAIN = "SWARM-PLAYGROUND"
CAN_DELAY = "tc qdisc add dev lo root netem delay 0ms && tc qdisc del dev lo root"


@dataclass(slots=True)
class Disturbance:
    """What is wrong with the link between two machines. ``since`` in microseconds of the lab."""

    a: str
    b: str
    cut: bool = False
    extra_ms: float = 0.0
    loss: float = 0.0
    since: int = 0

    @property
    def whole(self) -> bool:
        return not (self.cut or self.extra_ms or self.loss)


def script(rules: Iterable[tuple[str, Disturbance]]) -> str:
    """What makes a machine's links exactly so: the address at the other end of each disturbed link, and what is wrong.

    Each end delays what it sends, and drops its share of what it gets.
    """
    lines = [
        "set -e",
        f"iptables -w -N {CHAIN} 2>/dev/null || iptables -w -F {CHAIN}",
        f"for c in INPUT OUTPUT FORWARD; do iptables -w -C $c -j {CHAIN} 2>/dev/null"
        f" || iptables -w -I $c -j {CHAIN}; done",
    ]
    delays = []
    for address, link in rules:
        if link.cut:
            lines += [f"iptables -w -A {CHAIN} -s {address} -j DROP", f"iptables -w -A {CHAIN} -d {address} -j DROP"]
            continue
        if link.loss:
            drop = f"-m statistic --mode random --probability {min(link.loss, 1):.4f} -j DROP"
            lines.append(f"iptables -w -A {CHAIN} -s {address} {drop}")
        if link.extra_ms:
            delays.append((address, link.extra_ms))
    lines.append("device=$(ip -o -4 route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n 1)")
    lines.append("tc qdisc del dev ${device:=eth0} root 2>/dev/null || true")
    if delays:
        lines.append("tc qdisc add dev $device root handle 1: htb default 1")
        lines.append("tc class add dev $device parent 1: classid 1:1 htb rate 10gbit")
        for number, (address, delay_ms) in enumerate(delays, 2):
            lines += [
                f"tc class add dev $device parent 1: classid 1:{number} htb rate 10gbit",
                f"tc qdisc add dev $device parent 1:{number} handle {number}0: netem delay {delay_ms:.0f}ms",
                f"tc filter add dev $device parent 1: protocol ip u32 match ip dst {address}/32 flowid 1:{number}",
            ]
    return "\n".join(lines)
