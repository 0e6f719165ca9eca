"""How static files are stored for serving: names that carry a hash, compressed once."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Give each file a second name with a hash, so that browsers may keep it for ever.

    Only style sheets have the names inside them rewritten (`url()` and `@import`). Scripts are built as
    modules that name each other, and keep their first names too; pointers to source maps are no links.
    """

    manifest_strict = False
    patterns = (("*.css", CompressedManifestStaticFilesStorage.patterns[0][1][:2]),)
