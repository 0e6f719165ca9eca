"""Who sends a request: by cookie, by key, or nobody. What all faces share; no pages of its own."""
