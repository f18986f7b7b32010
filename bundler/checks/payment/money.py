"""Writes amounts of minor units so that a person sees the money in them."""

from __future__ import annotations

_BY_NUMBER = {"208": "DKK", "578": "NOK", "978": "EUR", "752": "SEK", "840": "USD", "826": "GBP"}
_DECIMALS = {
    **dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Currencies whose minor unit is not the hundredth (ISO 4217)."""
_CODE_LENGTH = 3


def money(amount: int, currency: str = "") -> str:
    """``24900 (249.00 DKK)``: minor units as they are sent, and the same as money. Currencies may be ISO numbers."""
    name = _BY_NUMBER.get(currency, currency.upper())
    name = name if len(name) == _CODE_LENGTH and name.isascii() and name.isalpha() else ""
    decimals = _DECIMALS.get(name, 2)
    units, rest = divmod(abs(amount), 10**decimals)
    shown = f"{units}.{rest:0{decimals}}" if decimals else f"{units}"
    return f"{amount} ({'-' if amount < 0 else ''}{shown}{f' {name}' if name else ''})"
