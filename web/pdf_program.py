"""The program that sets a PDF/UA: a template's name as argument, its data as JSON on standard input, the PDF out.

A program of its own, since the library keeps what it set last in the memory of its process (decision 0007): here that
memory ends with the document. This is the one module that imports the library; the server starts it and does not
import it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import typst

TEMPLATES = Path(__file__).parent / "templates"


def pdf_of(template: str, given: str) -> bytes:
    """The PDF of a template in `templates`, the same bytes for the same data.

    given: JSON of what the template sets. The font in the library comes first, so that every machine makes the same;
    letters that it lacks are looked for in the fonts of the machine. Raises TypstError where none has them.
    """
    try:
        return _set(template, given, "own")
    except typst.TypstError:
        return _set(template, given, "machine")


def _set(template: str, given: str, fonts: str) -> bytes:
    made = typst.compile(
        TEMPLATES / f"{template}.typ",
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=fonts == "own",
        sys_inputs={"given": given, "fonts": fonts},
    )
    if not isinstance(made, bytes):
        raise AssertionError("a PDF is one file, whatever the number of its pages")
    return made


def main() -> int:
    """Sets one document. What goes wrong is only told as a number: the library's messages quote the document."""
    try:
        made = pdf_of(sys.argv[1], sys.stdin.buffer.read().decode())
    except typst.TypstError:
        return 1
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
