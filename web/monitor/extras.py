"""Optional parts of the installation."""


class MissingExtra(Exception):
    """An optional part of the installation is not there; the message says which to install."""
