"""One file a source. A new one is found by itself: a module here with a `SOURCE`."""
