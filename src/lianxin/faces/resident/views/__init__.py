"""The pages of residents, a module a subject. A view parses, makes one call, shows the result."""
