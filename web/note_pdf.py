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

    note: JSON as `note_data` in web/note.py makes it. Raises TypstError where no font can show one of its letters:
    the fonts in the library come first, so that every machine makes the same, then those of the machine.
    """
    try:
        return _set(note, own_fonts_only=True)
    except typst.TypstError:
        return _set(note, own_fonts_only=False)


def _set(note: str, own_fonts_only: bool) -> bytes:
    made = typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=own_fonts_only,
        sys_inputs={"note": note},
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
