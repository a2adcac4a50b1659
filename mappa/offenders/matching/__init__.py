"""Whether a person is already known: asked before one is added, and again behind the scenes."""
