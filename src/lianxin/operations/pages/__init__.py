"""Pages about the profile: what is configured against what its files say. Here because only the roof reads profiles."""
