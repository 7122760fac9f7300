"""From a waiting delivery to its end: claim, check, render, begin, send, record, sweep."""
