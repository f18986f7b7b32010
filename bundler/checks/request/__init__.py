"""What was asked: the calls of a ticket, what they break, and whether that is why the call failed."""
