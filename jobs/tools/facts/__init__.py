"""Facts: which sentences of a script claim something, and what the sources at hand say about them."""
