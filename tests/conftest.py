"""What holds for every test: random ones are the same in each run, and none is judged by the clock.

`HYPOTHESIS=search make unit` looks for new cases instead.
"""

import os

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", derandomize=False, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS", "steady"))
