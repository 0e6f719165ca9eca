"""How a new county begins: its first administrator, the practice it starts from, and what is still missing."""
