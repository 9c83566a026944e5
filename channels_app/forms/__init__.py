"""Forms of channels and what they own, a file per noun. Every error names the field and the fix."""
