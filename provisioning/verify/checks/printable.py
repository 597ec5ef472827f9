"""Text from outside made fit for a terminal: what would move a cursor, hide, or turn the writing is spelled out."""
import re
import sys
import unicodedata

# Drawn as nothing, though not all of it is of a category of controls (Unicode, Default_Ignorable_Code_Point).
IGNORABLE = re.compile('[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2060-\u206f\u2800\u3164'
                       '\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]')
LONGEST = 16384


def fit(text):
    """One line of at most LONGEST characters, in which marks are heaped on no letter."""
    kept = text if len(text) <= LONGEST else text[:LONGEST - 1] + '\u2026'
    out, marks = [], 0
    for character in kept:
        category = unicodedata.category(character)
        marks = marks + 1 if category[0] == 'M' else 0
        unfit = category[0] == 'C' or category in ('Zl', 'Zp') or marks > 3 or IGNORABLE.match(character)
        out.append('\\u{%x}' % ord(character) if unfit else character)
    return ''.join(out)


def say(*lines, to=None):
    """The one way in which verify.py writes. JSON is ASCII, and its one control is spelled out here."""
    stream = to or sys.stdout
    stream.write(''.join(fit(line) + '\n' for line in lines))
