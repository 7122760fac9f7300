"""A copy of everything we hold about a person, as a ZIP they can read and other programs too.

`docs/data-copy.md` and `schema.json` beside this say what is in it. Nothing in it is about other
people, nothing is a note among staff, and of what the law forbids us to say there is no trace.
"""
