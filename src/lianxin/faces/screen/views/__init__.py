"""Pages of the big screen."""
