"""The commands that read an archive or correct it; `options` holds what they share."""
