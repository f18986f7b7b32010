"""Writes a page's style sheet into its elements, for mail programs that read no style sheet."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from css_inline import CSSInliner


def inlined(page: str) -> str:
    """The same HTML page with each element's own ``style``; of its ``<style>`` only at-rules stay, such as ``@media``.

    Nothing is fetched: a style sheet that stands elsewhere is left out. What a mail program reads of styles is in
    https://www.caniemail.com/features/html-style/.
    """
    return _inliner().inline(page)


@cache
def _inliner() -> CSSInliner:
    from css_inline import CSSInliner

    return CSSInliner(load_remote_stylesheets=False, keep_at_rules=True, minify_css=True)
