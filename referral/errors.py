"""Errors named after the situation, carrying what the reader needs."""


class CardError(Exception):
    """An entry of a content file that cannot be used; the server must not start with it."""

    def __init__(self, file: str, entry: str, wrong: str) -> None:
        super().__init__(f"{file}: {entry}: {wrong}")
        self.file, self.entry, self.wrong = file, entry, wrong
