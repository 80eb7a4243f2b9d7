"""Keys of providers: from the environment, else from the keyring of the system.

What flows in: the name of the variable that would hold a key. What flows out: the key, or ''. It is never read from a
file of a repository, never written and never shown. The keyring is the extra `keyring`; a key is put there with
`keyring set axon ANTHROPIC_API_KEY`.
"""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final

from axon.enrich.failures import EnrichError

SERVICE: Final = "axon"
"""Under which keys lie in the keyring, each by the name of its variable."""

HOW: Final = f"or, with the extra `keyring`, run `keyring set {SERVICE} VARIABLE`"


def key_of(variable: str, environ: Mapping[str, str] = os.environ) -> str:
    """The key that a variable of the environment holds, else the one that the keyring holds by that name; '' if none.

    Raises:
        EnrichError: the keyring is locked or broken, so that nobody knows.
    """
    return environ.get(variable) or _in_keyring(variable)


def _in_keyring(variable: str) -> str:
    if find_spec("keyring") is None:
        return ""
    import keyring  # noqa: PLC0415  an extra, and slow to import
    from keyring.errors import KeyringError, NoKeyringError  # noqa: PLC0415  likewise

    try:
        return keyring.get_password(SERVICE, variable) or ""
    except NoKeyringError:  # a machine without one, such as in CI
        return ""
    except (KeyringError, ImportError) as error:  # a configured backend that is not there
        raise EnrichError(
            f"The keyring cannot be read: {error}. Unlock it, or set {variable} in the environment."
        ) from error
