"""A Jupyter widget for drawing a wave, whose samples are sent as bytes in both directions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from htmltools import HTMLDependency
from ipywidgets import DOMWidget, register
from numpy.typing import ArrayLike, NDArray
from traitlets import Bytes, TraitError, Unicode, validate

__all__ = ("LENGTH", "WavePad", "dependency")

__version__ = "1.0.0"

#: The number of samples in one period of a wave.
LENGTH = 256

_MODULE = "wave-pad"
_RANGE = "^1.0.0"


def dependency() -> HTMLDependency:
    """Return the widget's front end; put it anywhere in the app's UI, with the shiny-comm client.
    """
    static = Path(__file__).parent / "static"
    if not (static / "index.js").is_file():
        raise FileNotFoundError(f"no index.js in {static}: build it with `npm run build`.")
    return HTMLDependency(
        "wave-pad",
        __version__,
        source={"subdir": str(static)},
        script={"src": "index.js", "type": "module"},
        # The entry loads the widgets from its own folder when the first is shown.
        all_files=True,
    )


def _as_bytes(value: Any, _widget: Any) -> bytes:
    # The page sends a memoryview.
    return bytes(value)


@register
class WavePad(DOMWidget):
    """One period of a wave, for drawing and computing."""

    _model_name = Unicode("WavePadModel").tag(sync=True)
    _model_module = Unicode(_MODULE).tag(sync=True)
    _model_module_version = Unicode(_RANGE).tag(sync=True)
    _view_name = Unicode("WavePadView").tag(sync=True)
    _view_module = Unicode(_MODULE).tag(sync=True)
    _view_module_version = Unicode(_RANGE).tag(sync=True)

    #: The wave: a ``Float32Array`` on the page, with numbers from -1 to 1.
    samples = Bytes(bytes(4 * LENGTH)).tag(sync=True, from_json=_as_bytes)
    #: The strength of the harmonics, from 0 to 1, which Python computes.
    spectrum = Bytes(b"").tag(sync=True, from_json=_as_bytes)

    def __init__(self, wave: ArrayLike | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.observe(self._analyse, "samples")
        if wave is not None:
            self.wave = wave

    @validate("samples")
    def _whole(self, proposal: Any) -> bytes:
        if len(proposal["value"]) != 4 * LENGTH:
            raise TraitError(f"samples: expected {4 * LENGTH} bytes, got {len(proposal['value'])}")
        return proposal["value"]

    @property
    def wave(self) -> NDArray[np.float32]:
        """Return the samples as an array."""
        return np.frombuffer(self.samples, dtype="<f4")

    @wave.setter
    def wave(self, values: ArrayLike) -> None:
        array = np.ascontiguousarray(values, dtype="<f4")
        if array.shape != (LENGTH,):
            raise ValueError(f"wave: expected the shape ({LENGTH},), got {array.shape}")
        self.samples = array.tobytes()

    @property
    def harmonics(self) -> NDArray[np.float32]:
        """Return the strength of the first harmonics, from the fundamental."""
        return np.frombuffer(self.spectrum, dtype="<f4")

    def _analyse(self, _change: Any) -> None:
        strengths = np.abs(np.fft.rfft(self.wave))[1:25] * 2 / LENGTH
        self.spectrum = strengths.astype("<f4").tobytes()
