"""JSON (RFC 8259) without a key twice in one object, and not deep. Python's own reader lets both pass."""
import json
import re

from .faults import Fault

DEEPEST = 16               # levels
GREATEST = 2 ** 53 - 1     # the greatest whole number that every reader of JSON takes for the same

TOKEN = re.compile(r'''[ \t\n\r]*(?:
    (?P<mark>[\[\]{},:])
  | (?P<string>"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*")
  | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
  | (?P<word>true|false|null) )''', re.VERBOSE)


def number(text):
    """Whole numbers as int, whatever their spelling (3, 3.0, 3e0); others, and greater ones, as float."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) <= GREATEST else value


def parse_json(data):
    try:
        text = data.decode('utf-8')
    except UnicodeDecodeError:
        raise Fault('not-utf8')
    text = text.rstrip(' \t\n\r')
    root, open_, keys, trap = None, [], [], None      # open_: lists and objects around here; keys: their waiting keys
    state, at = 'value', 0
    while at < len(text):
        token = TOKEN.match(text, at)
        if token is None:
            raise Fault('not-json')
        at, kind, part = token.end(), token.lastgroup, token[token.lastgroup]
        if state == 'colon':
            if part != ':':
                raise Fault('not-json')
            state = 'value'
        elif state in ('key', 'key or end') and kind == 'string':
            name = json.loads(part)
            if name in open_[-1]:
                trap = trap or 'duplicate-key'
            open_[-1][name] = None
            keys.append(name)
            state = 'colon'
        elif state in ('value', 'value or end') and (kind != 'mark' or part in '[{'):
            value = ([] if part == '[' else {} if part == '{' else number(part) if kind == 'number'
                     else json.loads(part))
            if not open_:
                root = value
            elif isinstance(open_[-1], list):
                open_[-1].append(value)
            else:
                open_[-1][keys.pop()] = value
            if kind == 'mark':
                open_.append(value)
                if len(open_) > DEEPEST:
                    trap = trap or 'too-deep'
                state = 'value or end' if part == '[' else 'key or end'
            else:
                state = 'after' if open_ else 'end'
        elif part in (']', '}') and state in ('after', 'value or end' if part == ']' else 'key or end'):
            if isinstance(open_.pop(), list) != (part == ']'):
                raise Fault('not-json')
            state = 'after' if open_ else 'end'
        elif part == ',' and state == 'after':
            state = 'value' if isinstance(open_[-1], list) else 'key'
        else:
            raise Fault('not-json')
    if state != 'end':
        raise Fault('not-json')
    if trap:
        raise Fault(trap)
    return root
