"""Back up while it runs, and restore into an empty installation, both checked."""
