"""The register of tables in its one spelling, as COUNTING.md gives it: what is spelled otherwise is refused whole."""
import hashlib
import re

from .faults import Fault

LARGEST = 64 * 1024 * 1024
MOST_TABLES = 500_000
HEADER = ['state', 'municipality', 'parish', 'centro', 'mesa', 'electors']
HEADERS = HEADER, HEADER + ['centroName']
LONGEST_CELL = 400         # bytes
LONGEST_LINE = 7 * (2 * LONGEST_CELL + 3)

# A cell is quoted exactly where it holds a comma or a double quote.
CELL = re.compile('"(?P<quoted>(?:[^"]|"")*)"|(?P<bare>[^",]*)')
UNFIT = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]')


class Register:
    """`electors` by table; `places` by centre: state, municipality, parish, and its name where the register has names."""

    def __init__(self, data, election):
        if len(data) > LARGEST:
            raise Fault('bad-register')
        self.sha256, self.electors, self.places = hashlib.sha256(data).hexdigest(), {}, {}
        try:
            *lines, rest = data.decode('utf-8').split('\n')
        except UnicodeDecodeError:
            raise Fault('bad-register')
        if rest != '' or not 2 <= len(lines) <= MOST_TABLES + 1:
            raise Fault('bad-register')
        header = cells_of(lines[0])
        if header not in HEADERS:
            raise Fault('bad-register')
        for line in lines[1:]:
            cells = cells_of(line)
            if cells is None or len(cells) != len(header):
                raise Fault('bad-register')
            *place, centro, mesa, electors = cells[:6]
            name = cells[6:]
            fits = (all(place) and all(one == one.strip(' ') for one in place + name)
                    and election.is_centro(centro) and election.is_mesa(mesa) and mesa.strip('0') != ''
                    and re.fullmatch('[1-9][0-9]{0,6}', electors) and int(electors) <= election.highest_count
                    and self.places.setdefault(centro, place + name) == place + name)
            table = '%s.%s' % (centro, mesa)
            if not fits or table in self.electors:
                raise Fault('bad-register')
            self.electors[table] = int(electors)

    def extent(self):
        return {'tables': len(self.electors), 'electors': sum(self.electors.values())}


def cells_of(line):
    """None for a line in another spelling."""
    if len(line) > LONGEST_LINE:
        return None
    cells, at = [], 0
    while True:
        found = CELL.match(line, at)
        quoted = found['quoted']
        cell = found['bare'] if quoted is None else quoted.replace('""', '"')
        needless = quoted is not None and not re.search('[,"]', cell)
        if needless or UNFIT.search(cell) or len(cell.encode()) > LONGEST_CELL:
            return None
        cells.append(cell)
        at = found.end()
        if at == len(line):
            return cells
        if line[at] != ',':
            return None
        at += 1
