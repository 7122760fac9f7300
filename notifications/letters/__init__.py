"""Letters: what they say, how they are set, and the batches staff print and post."""
