"""A made-up county that behaves: its map, its people and its cases. The same seed gives the same county."""
