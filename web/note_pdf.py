"""The program that sets a note as PDF/UA: the note as JSON on standard input, the PDF on standard output.

A program of its own, since the library keeps what it set last in the memory of its process (decision 0007): here that
memory ends with the note. This is the one module that imports the library; the server starts it and does not import it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import typst

TEMPLATE = Path(__file__).parent / "templates" / "note.typ"


def pdf_of(note: str) -> bytes:
    """The PDF of a note, the same bytes for the same note.

    note: JSON as `note_data` in web/paper.py makes it. The font in the library comes first, so that every machine makes
    the same; letters that it lacks are looked for in the fonts of the machine. Raises TypstError where none has them.
    """
    try:
        return _set(note, "own")
    except typst.TypstError:
        return _set(note, "machine")


def _set(note: str, fonts: str) -> bytes:
    made = typst.compile(
        TEMPLATE,
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=fonts == "own",
        sys_inputs={"note": note, "fonts": fonts},
    )
    if not isinstance(made, bytes):
        raise AssertionError("a PDF is one file, whatever the number of its pages")
    return made


def main() -> int:
    """Sets one note. What goes wrong is only told as a number: the library's messages quote the note."""
    try:
        made = pdf_of(sys.stdin.buffer.read().decode())
    except typst.TypstError:
        return 1
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
