"""The list of running and waiting jobs, and of takes with their waveforms."""
