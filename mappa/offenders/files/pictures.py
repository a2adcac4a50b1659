"""The picture made for viewing: drawn anew from the pixels, so that nothing else comes along."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600
_QUALITY = 85
_FORMATS = ("JPEG", "PNG", "WEBP")

# Pillow warns from here on and fails at twice as much; a warning is an error here.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


class NoPicture(Exception):
    """The bytes are no picture that can be shown; the sentence says what to do."""


def viewing_copy(data: bytes) -> bytes:
    """A JPEG of at most 1,600 pixels a side, without metadata, comment or colour profile.

    Raises ``NoPicture`` for what is broken or unfolds to too many pixels.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            _check_size(opened)
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(opened)
            return _drawn_anew(upright)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise NoPicture(_TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise NoPicture("The picture cannot be read. Save it anew and try again") from error


_TOO_LARGE = "The picture has too many pixels. Choose one of at most 40 megapixels"


def _check_size(opened: Image.Image) -> None:
    if opened.width * opened.height > MOST_PIXELS:
        raise NoPicture(_TOO_LARGE)


def _drawn_anew(picture: Image.Image) -> bytes:
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    shown = picture.convert("RGBA")
    # A fresh sheet: what Pillow carries beside the pixels would be written out again.
    sheet = Image.new("RGB", shown.size, "white")
    sheet.paste(shown, mask=shown.getchannel("A"))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
