"""What holds for every test."""

from hypothesis import HealthCheck, settings

# How long an example takes, or is in the making, says something about the machine, not about what is tested.
# Examples are others in every run: half of the usual hundred keep all the tests within a quarter of an hour.
settings.register_profile("any machine", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
