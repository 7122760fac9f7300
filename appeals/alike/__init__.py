"""Appeals like one another, what came of them, and what that suggests: help, never an answer."""
