"""What holds for every test."""

import signal

from hypothesis import HealthCheck, settings

# How long an example takes, or is in the making, says something about the machine, not about what is tested.
ANY_MACHINE = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
# The same examples in every run: a change is judged by what it changes, and never fails for another one's bad luck.
settings.register_profile("same", max_examples=50, derandomize=True, **ANY_MACHINE)
# Others in every run, and more of them, to find what nobody has thought of: pytest --hypothesis-profile=search
settings.register_profile("search", max_examples=300, **ANY_MACHINE)
settings.load_profile("same")

# A shell that starts the tests in the background lets them ignore Ctrl-C, and so would every program that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
