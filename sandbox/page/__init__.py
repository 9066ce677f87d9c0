"""The page of the demo workspace: plain files a browser runs as they are, no build, no other host.

`PAGE` holds `index.html` (served at `/`) and `static/` (served at `/static/`);
`sandbox.page.mount.mount_page` does both with the right headers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).resolve().parent
"""The folder with `index.html` and `static/`."""
