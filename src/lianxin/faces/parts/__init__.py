"""The look of every page: shared templates, template tags and the words of times and numbers."""
