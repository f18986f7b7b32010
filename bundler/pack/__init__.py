"""Files to a bundle and back: the zip with its manifest, publishing it whole or not at all, opening and verifying."""
