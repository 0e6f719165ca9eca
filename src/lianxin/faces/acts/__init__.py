"""From input to one call: every act on a case with its form, shared by API, console and resident pages."""
