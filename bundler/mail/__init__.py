"""The mail that hands a ticket over: composed here, and read back to see that it arrived whole."""
