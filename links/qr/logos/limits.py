"""What a logo may cost, in bytes, pixels, elements, seconds and memory."""

LONGEST_FILE = 2_000_000
LONGEST_DRAWING = 500_000  # of SVG
MOST_PIXELS = 10_000_000
SIDE = 512  # of the PNG that is kept, at most
MOST_ELEMENTS = 2_000  # of SVG, each counted as often as it is used
DEEPEST = 32
WIDEST_RATIO = 10  # of width and height, either way

CPU_SECONDS = 2
MEMORY = 300_000_000
REFUSED = 65  # the exit code that says that stderr holds advice; sysexits' EX_DATAERR
