"""The lab: a map of what becomes of runs, the measured rate, runs on three clocks."""
