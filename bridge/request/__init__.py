"""From a trigger to a complete request: DAW state, parameter block, presets and genre map become one `JobSpec`."""
