/** What whoever writes in a directory may put in the place of a file, or of the whole directory. */
import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Plants it at `path`, where nothing is; `outside` is what a link would lead to. */
export type Evil = (path: string, outside: { readonly file: string; readonly folder: string }) => void

export const evils = {
	'a link to a file': (path, { file }) => symlinkSync(file, path),
	'a link to a folder': (path, { folder }) => symlinkSync(folder, path),
	'a link to what could be made': (path, { folder }) => symlinkSync(join(folder, 'new'), path),
	'a link to itself': (path) => symlinkSync(path, path),
	'a link to an endless device': (path) => symlinkSync('/dev/zero', path),
	'a second name of a file': (path, { file }) => linkSync(file, path),
	'a FIFO': (path) => execFileSync('mkfifo', [path]),
	'a socket': (path) =>
		// By its last name: a socket's whole path has at most 107 bytes (unix(7)).
		execFileSync(
			'python3',
			['-c', 'import socket, sys; socket.socket(1).bind(sys.argv[1])', basename(path)],
			{
				cwd: dirname(path),
			},
		),
	'a device': (path) => {
		// Only root makes devices; for others it is a FIFO once more.
		try {
			execFileSync('mknod', [path, 'c', '1', '5'], { stdio: 'ignore' })
		} catch {
			execFileSync('mkfifo', [path])
		}
	},
	'a terabyte of nothing': (path) => {
		writeFileSync(path, '')
		truncateSync(path, 2 ** 40)
	},
	'hundreds of megabytes of nothing': (path) => {
		writeFileSync(path, '')
		truncateSync(path, 300 * 1024 * 1024)
	},
	'a deep tree': (path) =>
		mkdirSync(join(path, ...Array.from({ length: 50 }, () => 'deeper')), { recursive: true }),
	'a hundred files': (path) => {
		mkdirSync(path)
		for (let number = 0; number < 100; number++) writeFileSync(join(path, `${number}`), '')
	},
	'an empty file': (path) => writeFileSync(path, ''),
	'lines of nonsense': (path) => writeFileSync(path, 'a.b.c\n\n\u0000\r\n{"x":1}\n'.repeat(50)),
	'what nobody may read': (path) => writeFileSync(path, 'x', { mode: 0 }),
} satisfies Record<string, Evil>
