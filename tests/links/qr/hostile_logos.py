"""Uploads that are meant to hurt: small files that ask for much, act, or fetch."""

import gzip
import struct
import zlib
from io import BytesIO

from PIL import Image

_XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG with a header of this size, these chunks, and hardly any pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def svg(inside: str, attributes: str = "", before: str = "") -> bytes:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {_XLINK} viewBox="0 0 10 10" {attributes}>'
    return f'{before}{head}<rect width="9" height="9"/>{inside}</svg>'.encode()


def endless_jpeg() -> bytes:
    """A progressive JPEG whose last scan is repeated as often as an upload has room for."""
    file = BytesIO()
    Image.effect_noise((64, 64), 80).resize((3000, 3000)).save(file, "JPEG", progressive=True, quality=1)
    whole = file.getvalue()
    last = whole.rindex(b"\xff\xda")
    scan = whole[last:-2]
    return whole[:-2] + scan * ((1_990_000 - len(whole)) // len(scan)) + b"\xff\xd9"


def _packed_zeros(megabytes: int) -> bytes:
    """What zlib makes of so many million zeros, a million packed once and repeated: packing them all takes seconds."""
    packer = zlib.compressobj(9)
    first, same = (packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    checksum = 1 + (megabytes * 1_000_000 % 65_521 << 16)  # Adler-32 of zeros
    return first + same * (megabytes - 1) + b"\x03\0" + struct.pack(">I", checksum)


def _chain(element: str, reference: str) -> str:
    """Twenty-six definitions, each of which shows the one before it twice: 67 million shapes."""
    first = f'<{element} id="n0"><path d="M0 0h1v1z"/></{element}>'
    more = (f'<{element} id="n{i}">' + (reference.format(f"n{i - 1}") * 2) + f"</{element}>" for i in range(1, 27))
    return f"<defs>{first}{''.join(more)}</defs>{reference.format('n26')}"


_LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
_ZEROS = _packed_zeros(300)

BITMAPS = {
    "100,000 × 100,000 pixels of PNG": png(100_000, 100_000),
    "4,000 × 4,000 pixels of PNG": png(4_000, 4_000),
    "2³¹ pixels wide": png(2**31 - 1, 1),
    "text that unpacks to 300 MB": png(100, 100, (b"zTXt", b"Comment\0\0" + _ZEROS)),
    "a colour profile that unpacks to 300 MB": png(100, 100, (b"iCCP", b"profile\0\0" + _ZEROS)),
    "65,535 × 65,535 pixels of GIF": (b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;"),
    "16,384 × 16,384 pixels of WebP": b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\xff\xff\xff\x0f\0\0\0\0\0\0\0\0\0",
    "65,500 × 65,500 pixels of JPEG": (
        b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xdc\xff\xdc\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01\xff\xd9"
    ),
    "three megabytes": bytes(3_000_000),
    "nothing": b"",
    "a long line": png(5_000, 2),
}

DRAWINGS = {
    "billion laughs": svg("<g>&l9;</g>", before=f'<!DOCTYPE svg [<!ENTITY l0 "ha">{_LAUGHS}]>'),
    "one long entity, often": svg("&a;" * 10_000, before=f'<!DOCTYPE svg [<!ENTITY a "{"a" * 10_000}">]>'),
    "a file as an entity": svg("<g>&f;</g>", before='<!DOCTYPE svg [<!ENTITY f SYSTEM "file:///etc/passwd">]>'),
    "a parameter entity": svg("", before='<!DOCTYPE svg [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>'),
    "a script": svg("<script>alert(1)</script>"),
    "a script in UTF-16": svg("<script>alert(1)</script>").decode().encode("utf-16"),
    "a handler": svg("", attributes='onload="alert(1)"'),
    "a handler of a shape": svg('<path d="M0 0h1" OnClick="alert(1)"/>'),
    "a link that acts": svg('<a href="javascript:alert(1)"><path d="M0 0h1"/></a>'),
    "a picture elsewhere": svg('<image href="http://127.0.0.1:9/a.png" width="9" height="9"/>'),
    "a picture as data": svg('<image href="data:image/png;base64,AAAA" width="9" height="9"/>'),
    "a file as picture": svg('<image xlink:href="file:///etc/passwd" width="9" height="9"/>'),
    "a shape elsewhere": svg('<use xlink:href="http://127.0.0.1:9/a.svg#a"/>'),
    "a shape in a file": svg('<use href="/etc/passwd#a"/>'),
    "a gradient elsewhere": svg('<linearGradient id="g" xlink:href="http://127.0.0.1:9/#g"/>'),
    "a colour elsewhere": svg('<path d="M0 0h1v1z" fill="url(http://127.0.0.1:9/#g)"/>'),
    "a colour elsewhere in a style": svg('<path d="M0 0h1v1z" style="fill:URL( \'http://127.0.0.1:9/#g\' )"/>'),
    "a sheet elsewhere": svg('<style>@import "http://127.0.0.1:9/a.css";</style>'),
    "a font elsewhere": svg("<style>@font-face{font-family:a;src:url(http://127.0.0.1:9/a.ttf)}</style>"),
    "an escape in a style": svg('<path d="M0 0h1" style="fill:u\\72l(http://127.0.0.1:9/)"/>'),
    "a page": svg('<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><p/></body></foreignObject>'),
    "an animation": svg('<animate attributeName="href" to="javascript:alert(1)"/>'),
    "a filter of huge size": svg(
        '<filter id="f" x="-9999" y="-9999" width="99999" height="99999"><feGaussianBlur stdDeviation="9999"/></filter>'
        '<rect width="9" height="9" filter="url(#f)"/>'
    ),
    "a filter without an element": svg('<rect width="9" height="9" style="filter:blur(9999px)"/>'),
    "a turbulence": svg('<filter id="f"><feTurbulence numOctaves="99999999"/></filter>'),
    "deep nesting": svg("<g>" * 50_000 + "</g>" * 50_000),
    "deep nesting of notes": svg("<metadata>" + "<a>" * 50_000 + "</a>" * 50_000 + "</metadata>"),
    "many shapes": svg('<path d="M0 0h1v1z"/>' * 15_000),
    "use upon use": svg(_chain("g", '<use href="#{}"/>')),
    "mask upon mask": svg(_chain("mask", '<rect width="9" height="9" mask="url(#{})"/>')),
    "clip upon clip": svg(_chain("clipPath", '<rect width="9" height="9" clip-path="url(#{})"/>')),
    "a shape that shows itself": svg('<g id="a"><use href="#a"/></g>'),
    "shapes that show each other": svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'),
    "a mask in a sheet": svg('<style>.a{mask:url(#m)} .b{fill:red;mask/**/:url(#m)}</style><mask id="m"/>'),
    "a line, nearly": svg("").replace(b"0 0 10 10", b"0 0 1000000000 1"),
    "no size": svg("").replace(b"0 0 10 10", b""),
    "half a file": svg("<g>")[:-10],
    "a packed drawing": gzip.compress(svg("<g/>" * 1000)),
    "another kind of XML": b"<html><body/></html>",
    "nothing to be seen": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>',
    "half a megabyte": svg(" " * 600_000),
}
