"""Send real messages through the public API as residents would, let simulated staff carry them, count the outcome."""
