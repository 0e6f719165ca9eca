"""CAP 1.2: warnings in and out."""
