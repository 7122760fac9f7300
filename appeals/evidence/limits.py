"""How much we take, and how much work a single file may cost us."""

from datetime import timedelta

MEGABYTE = 1024 * 1024

# Said on the page before a file is chosen.
MAX_FILE_BYTES = 20 * MEGABYTE
MAX_APPEAL_BYTES = 60 * MEGABYTE
MAX_APPEAL_FILES = 20
MAX_PDF_PAGES = 200
MAX_PICTURE_PIXELS = 64_000_000  # a 48-megapixel phone photograph fits
MAX_KEPT_PIXELS = 25_000_000  # A4 at 500 dots an inch
MAX_SIDE_PIXELS = 32_000  # the longest panorama a phone makes has half of that
MAX_SCANS = 100  # a JPEG that is drawn in steps takes ten
MAX_NOTES_BYTES = 8 * MEGABYTE  # what a picture says about itself, unpacked

# Of a PDF. A page of A3 scanned in colour at 600 dots an inch unpacks to 208 MB; a whole file
# seldom to ten times its size.
MAX_STREAM_BYTES = 400 * MEGABYTE
MAX_UNPACKED_BYTES = 1_500 * MEGABYTE
MAX_STREAMS = 200_000
MAX_PICTURE_IN_PDF_PIXELS = 600_000_000  # A0 in black and white at 600 dots an inch
MAX_TREE_NODES = 5_000
MAX_TREE_DEPTH = 50

# Files sent, refused and removed in one appeal, all told: somebody is trying something.
MAX_APPEAL_TRIES = 200
# The parts of a form around its files.
FORM_BYTES = 256 * 1024
# A browser shows our answer only after it could send its request, so what is too much is thrown
# away as it comes: twenty files of any size that a phone makes.
MAX_DISCARDED_BYTES = 450 * MEGABYTE

MAX_NAME_LENGTH = 120

# A file that comes in parts is written down in steps: what a silent cut can take back.
STEP_BYTES = 256 * 1024
# Each part begins its time anew.
UPLOAD_PATIENCE = timedelta(days=2)
# How long what became of it is remembered.
UPLOAD_MEMORY = timedelta(days=7)

# One inspection, in a process of its own. Measured: an ordinary paper takes 0.3 s, a photograph
# of 48 to 64 megapixels 5 s and 1,200 MB. What needs more than this is not a customer's paper.
MAX_CPU_SECONDS = 30
MAX_SECONDS = 120  # a busy machine is no fault of the file
MAX_MEMORY_BYTES = 1_500 * MEGABYTE
MAX_OPEN_FILES = 64

# A worker that dies lets go of its document after this long.
CHECK_LEASE = timedelta(minutes=5)
# A try that fails by no fault of the file is followed by another one; after the last of these the
# customer is told. Short at first: somebody looks at the page and waits.
RETRY_PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(0),
)
MAX_TRIES = len(RETRY_PAUSES)
SCANNER_PATIENCE = timedelta(minutes=1)

# A page is drawn to fit in this many pixels: 150 dots an inch of A4.
PAGE_WIDTH = 1240
PAGE_HEIGHT = 1754 * 2  # a long receipt stays legible
MAX_PAGE_SCALE = 4.0
# Drawn right after the check; the others when somebody scrolls that far.
PAGES_AHEAD = 10

# The text of a PDF, for finding words in a case. A dense page has 5,000 characters.
MAX_PAGE_CHARACTERS = 20_000
MAX_TEXT_CHARACTERS = 500_000
READING_SECONDS = 10
# Where the child process leaves it.
TEXTS_FILE = "texts.json"

# One reviewer at one document within this time is one opening.
SITTING = timedelta(minutes=30)
