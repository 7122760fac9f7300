"""Faults the delivery engine must survive: real processes, real engines, doubles that count."""
