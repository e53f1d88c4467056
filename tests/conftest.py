"""What holds for every test: random ones are the same in each run, and none is judged by the clock.

`HYPOTHESIS=search make unit` looks for new cases instead.
"""

import os

import pytest
from hypothesis import settings

os.environ["SWARM_PLAYGROUND_STRICT"] = "1"
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", derandomize=False, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS", "steady"))


@pytest.hookimpl(tryfirst=True)  # Before xdist looks for groups.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives a browser or a server in another process waits in wall time, which a busy machine does not keep: it
    may try twice more. Everything in virtual time has to hold at once.

    Tests on real engines share one engine, so one worker takes them all; they mostly wait, so they begin first. The
    engine that they start outlives them, on purpose.
    """
    for item in items:
        if {"browser", "web", "clients", "conformance", "real"} & set(item.path.parts):
            item.add_marker(pytest.mark.flaky(reruns=2))
        if item.get_closest_marker("real") is not None:
            item.add_marker(pytest.mark.xdist_group("real"))
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
    items.sort(key=lambda item: item.get_closest_marker("real") is None)
