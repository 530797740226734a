"""Attributes of other packages that are replaced, and restored by the undo."""

from __future__ import annotations

from typing import Any, Final, cast

_MISSING: Final = object()


def _own(owner: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", vars(owner))


class Patches:
    """Replaced attributes."""

    def __init__(self) -> None:
        self._replaced: list[tuple[Any, str, Any, Any]] = []

    def set(self, owner: Any, name: str, value: Any) -> None:
        """Replace an attribute of a class, module or object."""
        self._replaced.append((owner, name, _own(owner).get(name, _MISSING), value))
        setattr(owner, name, value)

    def undo(self) -> None:
        """Restore all attributes that no other code has replaced since."""
        for owner, name, before, value in reversed(self._replaced):
            if _own(owner).get(name) is not value:
                continue
            if before is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, before)
        self._replaced.clear()
