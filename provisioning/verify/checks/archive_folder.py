"""
The files of an archive, which anybody may have filled: opened by handle, no link followed on the way, with a cap on each.
"""
import errno
import hashlib
import io
import os
import stat

from .faults import Fault
from .regular_file import RegularFile, kind_of

LONGEST = 256 * 1024 * 1024
MOST_FILES = 5_000_000
BY_HANDLE = os.open in os.supports_dir_fd and os.stat in os.supports_dir_fd


class ArchiveFolder:
    """`path` is below the folder, with slashes. The folder itself may be a link: a person named it."""

    def __init__(self, folder):
        self.folder = folder
        self.held = None           # the folder that was used last, and its handle

    def open(self, path):
        """To read bytes; an OSError for what is no plain file."""
        *folders, name = path.split('/')
        handle = self.handle_of(folders) if BY_HANDLE else None
        if handle is None:
            self.refuse_links(folders)
            name = os.path.join(self.folder, path)
        seen = os.stat(name, dir_fd=handle, follow_symlinks=False)
        if not stat.S_ISREG(seen.st_mode):
            raise OSError(errno.EINVAL, 'it is ' + ('a link' if stat.S_ISLNK(seen.st_mode) else kind_of(seen.st_mode)), path)
        flags = getattr(os, 'O_NOFOLLOW', 0) | getattr(os, 'O_NONBLOCK', 0)

        def opener(_, mode):
            opened = os.open(name, mode | flags, dir_fd=handle)
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                os.close(opened)
                raise OSError(errno.EINVAL, 'it is no file', path)
            return opened
        return io.BufferedReader(RegularFile(path, opener=opener), 1 << 18)

    def handle_of(self, folders):
        if self.held and self.held[0] == folders:
            return self.held[1]
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        for name in folders:
            above = handle
            try:
                handle = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=above)
            finally:
                os.close(above)
        self.close()
        self.held = folders, handle
        return handle

    def refuse_links(self, folders):
        """Where folders can't be held by a handle, as on Windows."""
        for count in range(1, len(folders) + 1):
            place = os.path.join(self.folder, *folders[:count])
            if not stat.S_ISDIR(os.lstat(place).st_mode):
                raise OSError(errno.ENOTDIR, 'it is no directory', place)

    def close(self):
        if self.held:
            os.close(self.held[1])
            self.held = None

    def read(self, path, cap=LONGEST):
        """All of it; a Fault where that can't be."""
        with self.opened(path, cap) as file:
            return read_all(path, file)

    def digest(self, path, cap=LONGEST):
        digest = hashlib.sha256()
        with self.opened(path, cap) as file:
            left = os.fstat(file.fileno()).st_size
            while left > 0:
                part = read_some(path, file, min(left, 1 << 20))
                if not part:
                    break
                digest.update(part)
                left -= len(part)
        return digest.hexdigest()

    def opened(self, path, cap=LONGEST):
        try:
            file = self.open(path)
        except FileNotFoundError:
            raise Fault('file-missing', path)
        except OSError as error:
            raise Fault('file-unreadable', path, error.strerror)
        if os.fstat(file.fileno()).st_size > cap:
            file.close()
            raise Fault('too-large', path)
        return file

    def is_folder(self, path):
        """A person named the folder itself; no link counts below it."""
        place = os.path.join(self.folder, path)
        return os.path.isdir(place) and (path == '' or not os.path.islink(place))

    def names(self, path):
        try:
            return os.listdir(os.path.join(self.folder, path)) if self.is_folder(path) else []
        except OSError:
            return []

    def files_below(self, folder=''):
        """The paths of all that is no folder, in no order."""
        waiting, left = [folder] if self.is_folder(folder) else [], MOST_FILES
        while waiting:
            below = waiting.pop()
            try:
                with os.scandir(os.path.join(self.folder, *filter(None, below.split('/')))) as entries:
                    for entry in entries:
                        left -= 1
                        if left < 0:
                            return
                        path = below + '/' + entry.name if below else entry.name
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(path)
                        else:
                            yield os.fsencode(path).decode('utf-8', 'replace')
            except OSError:
                continue


def read_all(path, file):
    return read_some(path, file, os.fstat(file.fileno()).st_size)


def read_some(path, file, size):
    try:
        return file.read(size)
    except OSError as error:
        raise Fault('file-unreadable', path, error.strerror)
