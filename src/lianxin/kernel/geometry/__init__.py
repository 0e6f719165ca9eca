"""Places on the earth: points, coordinate systems, areas, and where a point lies."""
