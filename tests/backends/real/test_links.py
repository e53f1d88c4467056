"""What is laid on a machine for its disturbed links."""

from playground.backends.real.links import CHAIN, Disturbance, script


def test_a_cut_drops_both_ways_in_a_chain_of_our_own() -> None:
    lines = script([("10.223.9.3", Disturbance("a", "b", cut=True))]).splitlines()

    assert f"iptables -w -A {CHAIN} -s 10.223.9.3 -j DROP" in lines
    assert f"iptables -w -A {CHAIN} -d 10.223.9.3 -j DROP" in lines
    assert all(CHAIN in line for line in lines if line.startswith("iptables"))


def test_a_whole_network_leaves_an_empty_chain_and_no_queue() -> None:
    lines = script([]).splitlines()

    assert not [line for line in lines if "-A" in line.split()]
    assert lines[-1].startswith("tc qdisc del dev")


def test_a_loss_is_drawn_at_each_receiving_end_and_a_delay_laid_on_what_is_sent() -> None:
    lossy = script([("10.223.9.3", Disturbance("a", "b", loss=0.3))])
    slow = script([("10.223.9.3", Disturbance("a", "b", extra_ms=120))])

    assert "-s 10.223.9.3 -m statistic --mode random --probability 0.3000 -j DROP" in lossy
    assert "-d 10.223.9.3" not in lossy
    assert "netem delay 120ms" in slow
    assert "match ip dst 10.223.9.3/32" in slow
