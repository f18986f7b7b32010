"""Hands a finished mail over: to a server, a mailbox, a program; each module touches the one thing that it names."""
