"""The console's pages, a module a subject. A view parses, makes one call, shows the result."""
