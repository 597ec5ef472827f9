"""base64url without padding (RFC 4648, section 5), in its one spelling."""
import base64
import hashlib
import re

from .faults import Fault


def encode_base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip('=')


def decode_base64url(text):
    if re.fullmatch('[A-Za-z0-9_-]*', text) and len(text) % 4 != 1:
        data = base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))
        if encode_base64url(data) == text:
            return data
    raise Fault('bad-base64url')


def digest_url(data):
    return encode_base64url(hashlib.sha256(data).digest())
