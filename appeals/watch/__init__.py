"""Watching rules as decisions come in: sums an hour, charts over them, and what is suspicious.

Pure: rows in, suspicions out. The same rows give the same answer, in whatever order they came.
"""
