"""Pictures as a file: GIF by Pillow, MP4 (H.264) by the ffmpeg that imageio-ffmpeg brings."""

from __future__ import annotations

import io
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image

HOLD = 1500
"""Milliseconds for which a GIF shows its last picture before it begins again."""
SHORTEST = 20
"""Milliseconds: browsers show the pictures of a GIF that are meant to be shorter for 100."""


class NoEncoderError(Exception):
    """Such a file cannot be written here; the message says why."""


def gif(pictures: Iterator[Image.Image], rate: float, samples: Sequence[Image.Image]) -> bytes:
    """At `rate` pictures a second, over and over; all in the 255 colours that fit the samples best: a palette for each
    picture would flicker."""
    each, out = max(SHORTEST, 10 * round(100 / rate)), io.BytesIO()
    size = samples[0].size
    sheet = Image.new("RGB", (size[0], size[1] * len(samples)))
    for place, sample in enumerate(samples):
        sheet.paste(sample, (0, size[1] * place))
    palette = sheet.quantize(255, dither=Image.Dither.NONE)
    images = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    times = [each] * (len(images) - 1) + [HOLD]
    images[0].save(out, "GIF", save_all=True, append_images=images[1:], duration=times, loop=0, optimize=False)
    return out.getvalue()


def mp4(pictures: Iterator[Image.Image], rate: float, samples: Sequence[Image.Image]) -> bytes:
    """At `rate` pictures a second, all as large as the samples, in a form that every browser plays. Raises
    NoEncoderError."""
    try:
        program = get_ffmpeg_exe()
    except RuntimeError:
        raise NoEncoderError("there is no ffmpeg for this machine, which writes MP4; take the GIF") from None
    width, height = samples[0].size
    with tempfile.TemporaryDirectory(prefix="nnviz-film-") as folder:
        path = Path(folder) / "film.mp4"
        command = [
            program, "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", f"{rate:g}",
            "-i", "-", "-c:v", "libx264", "-crf", "18", "-preset", "veryfast", "-pix_fmt", "yuv420p",
            "-movflags", "+faststart", str(path),
        ]  # fmt: skip
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as ffmpeg:
            assert ffmpeg.stdin is not None
            try:
                for picture in pictures:
                    ffmpeg.stdin.write(picture.tobytes())
            except BrokenPipeError:
                pass  # it has ended; its exit code says how
            except BaseException:
                ffmpeg.kill()
                raise
        if ffmpeg.returncode or not path.is_file():
            raise NoEncoderError("ffmpeg could not write the MP4; take the GIF")
        return path.read_bytes()


ENCODERS: dict[str, Callable[[Iterator[Image.Image], float, Sequence[Image.Image]], bytes]] = {"gif": gif, "mp4": mp4}
