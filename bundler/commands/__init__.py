"""The commands, one module each: parse, call one function, show the outcome."""

COMMANDS = {
    "create": "Gather the evidence and write bundle, mail and private map.",
    "demo": "The same on a shipped example; nothing of yours is touched.",
    "inspect": "What each file is, who reads it, what was read out of it.",
    "check": "Only the findings: what is missing, contradicts, or is the likely cause.",
    "preview": "Exactly what would leave: per file, before and after, and counts per kind.",
    "verify": "Is a bundle or a mail intact, complete and free of secrets?",
    "decode": "Put the real values back into support's answer, on this computer.",
    "send": "Hand the mail over: a draft in your mailbox, a mail program, or sent at once.",
    "logs": "Cut the log excerpt of one payment, out of logs of any size.",
    "scrub": "Mask secrets and personal data in files, folders and archives, or as a filter.",
    "screenshot": "Capture or import a picture, cleaned.",
    "explain": "What a check, a rule, a provider's code, a log format or source means.",
    "provider": "List or show the known providers, or check a profile of your own.",
    "config": "Show, check or start a configuration.",
}
"""Every command with its line in ``--help``. Modules are imported when their command is called, not before."""
