"""What a centre's directory adds up to: its ledger, with its register (register.csv, unless another is named)."""
import os

from .counting import Counted
from .election import LARGEST_DEFINITION, Election, read_election
from .faults import Fault
from .ledger import check_ledger
from .presidential_2024 import PRESIDENTIAL_2024
from .register import LARGEST, Register
from .regular_file import open_regular


def tally(directory, register=None, election=None):
    """The report of the ledger, its images left out, and the figures. Paths; without an election that of 2024."""
    definition = read_election(read(election, LARGEST_DEFINITION)) if election else Election(PRESIDENTIAL_2024)
    own = os.path.join(directory, 'register.csv')
    path = register or (own if os.path.lexists(own) else None)
    tables = Register(read(path, LARGEST), definition) if path else None
    counted = Counted(definition)
    report = check_ledger(directory, False, counted)
    return report, counted.figures(tables)


def read(path, longest):
    """One byte more than the longest where it is longer."""
    try:
        with open_regular(path) as file:
            return file.read(longest + 1)
    except OSError as error:
        raise Fault('file-unreadable', error.filename, error.strerror)
