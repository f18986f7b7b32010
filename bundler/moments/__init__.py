"""What a person or a machine wrote as a time: the moment it means, its zone, and how sure we are."""
