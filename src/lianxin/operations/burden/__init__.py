"""How much people type for what is stored (减负): each task of the field is done once for trial, and counted."""
