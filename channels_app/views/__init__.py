"""The pages of channels and what they own, a file per noun. They work as plain forms; scripts only make them livelier."""
