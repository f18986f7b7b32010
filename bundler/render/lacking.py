"""What a mail says of a file that it does not hold, or not whole."""

from __future__ import annotations

from bundler.amounts import plural
from bundler.mail.told import Told
from bundler.model import Omission
from bundler.render.text import size


def lacking(omission: Omission) -> str:
    """``left out of the mail for its size (3,800 records, 512.0 kB less)``: why, and how much where it was counted."""
    amounts = [plural(omission.records, "record")] if omission.records else []
    amounts += [size(omission.size)] if omission.size else []
    return omission.why + (f" ({', '.join(amounts)} less)" if amounts else "")


def held(mail: Told, name: str) -> str:
    """Where the file is and what it lacks; empty for one that is whole in the only mail."""
    lacks = [lacking(omission) for omission in mail.lacks.get(name, ())]
    if name in mail.places and mail.count > 1:
        return "; ".join([f"in mail {' and '.join(map(str, mail.places[name]))} of {mail.count}", *lacks])
    return "; ".join([*(["not in the mail"] if name in mail.absent else []), *lacks])
