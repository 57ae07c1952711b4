"""Whether a text has the address of a page in it, as the page finds them (static/js/lib/addresses.js). Pure."""

from __future__ import annotations

import re

# As static/js/lib/hosts.js has them.
ALONE = (
    "com|org|net|edu|gov|mil|int|info|biz|io|dev|co|tv|xyz|"
    "ir|af|tj|tr|iq|ae|sa|kw|qa|pk|il|eg|de|ch|fr|uk|nl|se|dk|fi|es|gr|ro|cz|sk|hu|bg|eu|ru|ua|jp|cn|kr|tw|hk|sg|au|nz|ca|mx"
)
WITH_PATH = (
    "online|site|shop|store|blog|cloud|tech|me|be|ly|gl|gg|to|it|in|at|no|is|us|ai|app|page|link|fm|gd|im|pl|pt|br|ar"
)
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(
    r"https?://\S|\bwww\.\S|"
    rf"(?:(?<![\w@./+#$\\-])|(?<=[{_UNSPACED}]))(?:{_LABEL}\.){{1,8}}"
    rf"(?:(?:{ALONE})(?![a-z0-9_@-]|\.\w)|(?:{WITH_PATH})/)",
    re.IGNORECASE,
)


def has_address(text: str) -> bool:
    """Of a page, whole or as people type it: example.org."""
    return _ADDRESS.search(text) is not None
