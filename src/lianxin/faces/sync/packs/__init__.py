"""Every section of the pack, by room. One line a room."""
