"""What the platform itself puts on the one map; a module a subject."""
