"""What the user named, opened, and who can read it."""
