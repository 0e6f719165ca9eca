"""What is wrong with an installation, in plain words, and how to mend it."""
