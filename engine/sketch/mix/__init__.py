"""The mix: notes placed on the loop, channel strips, space, levels, and the master."""
