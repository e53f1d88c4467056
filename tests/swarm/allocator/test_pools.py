from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.swarm.allocator.pools import AddressPool, Numbers, PoolError, SubnetPool


def test_numbers_go_round() -> None:
    numbers = Numbers(1, 3)
    assert [numbers.take_next() for _ in range(3)] == [1, 2, 3]
    numbers.release(2)
    assert numbers.take_next() == 2
    with pytest.raises(PoolError):
        numbers.take_next()


def test_a_number_that_is_named_does_not_move_the_place() -> None:
    numbers = Numbers(1, 9)
    numbers.take(5)
    assert numbers.take_next() == 1
    for wrong in (5, 0, 10):
        with pytest.raises(PoolError):
            numbers.take(wrong)


@pytest.mark.parametrize(("subnet", "count"), [("10.0.0.0/30", 2), ("10.0.0.0/31", 2), ("10.0.0.0/32", 1)])
def test_the_addresses_of_subnet_and_broadcast_are_not_given(subnet: str, count: int) -> None:
    pool = AddressPool(IPv4Network(subnet))
    addresses = [pool.request() for _ in range(count)]
    with pytest.raises(PoolError):
        pool.request()
    pool.release(addresses[0])
    assert pool.request() == addresses[0]


def test_addresses_outside_are_refused() -> None:
    with pytest.raises(PoolError):
        AddressPool(IPv4Network("10.0.0.0/24")).request("10.0.1.1")


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 15)), max_size=60))
def test_no_two_holders_have_subnets_that_overlap(steps: list[tuple[bool, int]]) -> None:
    pool = SubnetPool(["10.0.0.0/20", "10.0.8.0/21", "10.1.0.0/22"], 24)
    held: list[IPv4Network] = []
    for take, number in steps:
        if take:
            try:
                held.append(pool.take_next())
            except PoolError:
                assert sum(each.num_addresses for each in held) == 20 * 256
        elif held:
            pool.release(held.pop(number % len(held)))
        assert not any(one.overlaps(other) for at, one in enumerate(held) for other in held[at + 1 :])


def test_a_users_subnet_is_stepped_over() -> None:
    pool = SubnetPool(["10.0.0.0/16"], 24)
    pool.take(IPv4Network("10.0.0.128/25"))
    pool.take(IPv4Network("10.0.2.0/23"))
    assert [str(pool.take_next()) for _ in range(2)] == ["10.0.1.0/24", "10.0.4.0/24"]
