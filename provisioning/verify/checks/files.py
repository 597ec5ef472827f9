"""Files of evidence: one object a line; images by their digest."""
import hashlib
import os

from .objects import LONGEST
from .regular_file import open_regular


def lines_of(file, longest=LONGEST):
    """Number, text and code of what is wrong with the line as such (None: nothing)."""
    number = 0
    # No more than is there now: a link can lead to a file of the kernel's that has no end.
    left = os.fstat(file.fileno()).st_size
    while True:
        part = file.readline(min(longest + 2, left))
        left -= len(part)
        if not part:
            return
        number += 1
        kept = (part[:-1] if part.endswith(b'\n') else part)[:longest + 1]
        while part and not part.endswith(b'\n'):
            part = file.readline(min(1 << 20, left))
            left -= len(part)
        code = ('nul-byte' if b'\0' in kept else 'line-too-long' if len(kept) > longest
                else 'torn-tail' if not part else 'empty-line' if not kept
                else 'crlf' if kept.endswith(b'\r') else None)
        yield number, kept.decode('latin-1'), code


def note_images(entry, entry_id, line, named):
    """Of a sealed image the sealed bytes are stored."""
    for image in entry['images'] if entry['kind'] == 'acta' else ():
        stored = image.get('sealed', image)
        named.setdefault((stored['sha256'], stored['size']), (line, entry['seq'], entry['device'], entry_id))


def look_at_image(folder, sha256, size):
    """None when it is there, whole; else the code of what is wrong."""
    try:
        with open_regular(os.path.join(folder, sha256[:2], sha256)) as file:
            if os.fstat(file.fileno()).st_size != size:
                return 'image-altered'
            digest = hashlib.sha256()
            for part in iter(lambda: file.read(1 << 20), b''):
                digest.update(part)
            return None if digest.hexdigest() == sha256 else 'image-altered'
    except FileNotFoundError:
        return 'image-missing'
    except OSError:
        return 'image-unreadable'
