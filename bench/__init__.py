"""Benches: each module here has `run(size)` and says how fast or how right the product is on this machine."""
