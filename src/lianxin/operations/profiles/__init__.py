"""A place's practice as files: read and checked (`reader`), then put into the database (`loader`)."""
