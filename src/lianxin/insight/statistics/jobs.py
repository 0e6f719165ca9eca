"""Close the months that are over."""
