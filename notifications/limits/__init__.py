"""How fast each provider may be called, and whether it may be called at all."""
