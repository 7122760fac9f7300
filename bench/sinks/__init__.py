"""Providers on 127.0.0.1 that take everything after a set latency, and count what they took."""
