"""The understanding of typed sentences: its data, its training, its rivals and what is measured of it."""
