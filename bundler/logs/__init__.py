"""Log files: what format they are, what they cover, and the records in them that belong to a payment."""
