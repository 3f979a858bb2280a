"""What holds for every test."""

from hypothesis import HealthCheck, settings

# How long an example takes, or is in the making, says something about the machine, not about what is tested.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
