"""Style: what makes a text sound machine-made, where it stands, and how it may be put plainly. Signs, never proof."""
