"""The mix: placing notes on the loop, channel strips, reverbs, levels, and the master."""
