"""Files to a bundle and back: the zip with its manifest, publishing it whole or not at all, opening and verifying."""

from __future__ import annotations

from bundler.pack.build import Member, build, count_redactions
from bundler.pack.open import Bundle, open_bundle
from bundler.pack.publish import Output, publish
from bundler.pack.replacing import replacing
from bundler.pack.verify import verify

__all__ = ["Bundle", "Member", "Output", "build", "count_redactions", "open_bundle", "publish", "replacing", "verify"]
