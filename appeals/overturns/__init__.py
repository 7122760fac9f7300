"""Overturned reasons by rule version: read from kept sums, judged against limits, put in words."""
