"""A play of staff and reporters: what they do next with a case, from its state and a few wishes. Seeded."""
