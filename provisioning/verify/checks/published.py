"""What an archive shows of its figures, in one spelling: data/figures.json and data/tables.csv (ARCHIVE.md, "Figures")."""
import re

from .counting import votes_of
from .spelling import write_json

COLUMNS = ['table', 'state', 'municipality', 'parish', 'centroName', 'electors',
           'status', 'confirmed', 'methods', 'devices', 'excluded']


def figures_file(figures):
    sums = {name: {**one, 'candidates': in_order(one['candidates'])} for name, one in figures['sums'].items()}
    return write_json({**figures, 'sums': sums, 'bounds': in_order(figures['bounds'])}) + '\n'


def in_order(by_candidate):
    """Ids that are whole numbers first, as objects of ECMAScript have them."""
    numbers = sorted((one for one in by_candidate if re.fullmatch('0|[1-9][0-9]*', one)), key=int)
    return {one: by_candidate[one] for one in [*numbers, *by_candidate]}


def tables_file(count, register):
    """A line at a time."""
    candidates = count.election.candidates
    yield line_of([*COLUMNS, *candidates, 'null', 'empty'])
    for table, standing in count.standings.items():
        place, electors = ['', '', '', ''], ''
        if table in register.electors:
            place, electors = register.places[table.split('.')[0]], register.electors[table]
        excluded = count.excluded.get(table, ())
        excluded = sum(paper.belongs == table and paper.id in excluded for paper in count.by_table.get(table, ()))
        version, counted, votes = standing.version, ['', '', ''], [''] * (len(candidates) + 2)
        if version:
            counted = ['yes' if standing.is_confirmed else 'no', ' '.join(standing.methods), standing.devices]
            votes = [votes_of(count.election, version, candidate) for candidate in candidates]
            votes += [version.null_votes, version.empty_votes]
        cells = [table, *place, *[''] * (4 - len(place)), electors, standing.state, *counted, excluded, *votes]
        yield line_of(map(str, cells))


def line_of(cells):
    return ','.join('"%s"' % cell.replace('"', '""') if re.search('[",]', cell) else cell for cell in cells) + '\n'


def first_other_line(data, right):
    """From 1; None where all are the same."""
    at = number = 0
    for number, line in enumerate(right, 1):
        line = line.encode()
        if data[at:at + len(line)] != line:
            return number
        at += len(line)
    return None if at == len(data) else number + 1
