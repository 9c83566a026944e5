"""Tests that ask the real sources and the real YouTube. `make live`; nothing else collects them."""
