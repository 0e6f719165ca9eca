"""Statistics (统计): what came, what went, how long it took, and how well: facts, cubes, indicators."""
