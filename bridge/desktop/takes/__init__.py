"""What came of it: jobs on their way, and takes with their waveforms."""
