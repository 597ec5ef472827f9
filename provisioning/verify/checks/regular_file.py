"""The one way to open a file here: the folder was handed over, and anything may lie in a file's place."""
import errno
import io
import os
import stat


def open_regular(path):
    """To read bytes. A link is followed; a pipe or a device is refused without waiting. An OSError names the file."""
    return io.BufferedReader(RegularFile(path, opener=opener), 1 << 18)


def opener(path, flags):
    handle = os.open(path, flags | getattr(os, 'O_NONBLOCK', 0))
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, 'it is ' + kind_of(mode), path)
    except OSError:
        os.close(handle)
        raise
    return handle


def kind_of(mode):
    return 'a directory' if stat.S_ISDIR(mode) else 'a pipe' if stat.S_ISFIFO(mode) else 'a device'


class RegularFile(io.FileIO):
    def readinto(self, buffer):
        try:
            count = super().readinto(buffer)
            if count is None:
                raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            return count
        except OSError as error:
            error.filename = self.name
            raise
