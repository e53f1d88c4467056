"""Programs that people look for on a machine and that are not here, and what to use in their place."""

from typing import Final

_SENTENCES: Final = {
    "man": "There are no manual pages on this machine. Try the command with --help, or the shell's own help.",
    "emacs nvim joe micro pico ed": "There are nano and vi.",
    "htop btop atop glances ctop": "Try: top, ps aux, docker stats, uptime",
    "journalctl dmesg": "This machine keeps no journal. Try: docker service logs, docker events",
    "tmux screen byobu": "Each machine has a terminal of its own on this page. In one terminal: COMMAND &, jobs, fg",
    "reboot shutdown poweroff halt": "Switch the machine off and on in the diagram, or on the host: multipass restart",
    "python python3 perl ruby node npm pip pip3 gcc make go java": "Other languages do not run on this machine. "
    "There are bash, awk, sed, jq and bc.",
    "git svn": "There is nothing to fetch from here. Write files with nano, vi or: cat > FILE <<'EOF'",
    "docker-compose": "Use: docker stack deploy -c FILE STACK",
    "kubectl podman nerdctl minikube helm k3s": "This machine runs Docker and its swarm mode.",
    "ifconfig route arp": "Use: ip addr, ip route",
    "netstat": "Use: ss -tlnp",
    "traceroute tracepath mtr tcpdump nmap telnet": "Try: ping, curl, nc -z HOST PORT, dig",
}
_ADVICE: Final = {name: sentence for names, sentence in _SENTENCES.items() for name in names.split()}


def advice(name: str) -> str:
    """What to use in the place of a program that is not here; nothing where nobody has thought of it."""
    return _ADVICE.get(name, "")
