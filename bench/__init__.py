"""Measurements beside other people's work; `make bench` runs them all, each runs by itself too."""
