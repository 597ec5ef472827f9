"""
The one spelling in which objects are written. JSON has many for the same, and what is public for ever could carry a name
between two fields, in an escape, or in a further word of the header.
"""
import json
import re

from .base64url import decode_base64url


def write_json(value):
    """As JSON.stringify of ECMAScript writes it: no blanks, non-ASCII as itself, half a surrogate pair as its escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(',', ':'))
    return re.sub('[\ud800-\udfff]', lambda found: '\\u%04x' % ord(found[0]), text)


def is_spelled_as_written(signed):
    header, payload = (decode_base64url(part).decode() for part in signed.signing_input.decode().split('.'))
    return (sorted(signed.header) == ['alg', 'kid', 'typ'] and write_json(signed.header) == header
            and write_json(signed.payload) == payload)
