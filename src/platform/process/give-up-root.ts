/**
 * Root that opens a file by its name, in a directory of somebody else's, opens what that one wants: the name can be
 * a link to any file, and become one at any instant. So who runs as root becomes the directory's owner first, for
 * good, and can open no more than the owner can.
 *
 * INVARIANTS
 * - On the way to what stays root's, nobody else can put, exchange or remove a name.
 * - After it was given up no thread of this process has root's user, a group of root's, or a capability.
 */
import { execFile } from 'node:child_process'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Fault, fail, ok, type Result } from '../result.ts'

/** Who somebody is to the system. */
interface Owner {
	readonly uid: number
	readonly gid: number
}

/** Who this process has become. */
export interface LeastUser extends Owner {
	/** As the system knows it; the number where it knows none. */
	readonly name: string
	/** What belongs to it. */
	readonly path: string
}

/**
 * `open-to-others`: others may put or exchange names on the way. `not-looked-at`: the way can't be looked at.
 * `root-kept`: the system did not let go.
 */
export type GiveUpRootFault = Fault<'open-to-others' | 'not-looked-at' | 'root-kept'>

/**
 * Becomes the first owner other than root that stands on the way to `paths`, in their order, the last name of each
 * with it. Null where this process is not root, or all of it is root's own. Call it before anything there is opened.
 */
export async function giveUpRoot(
	paths: readonly string[],
): Promise<Result<LeastUser | null, GiveUpRootFault>> {
	if (process.geteuid?.() !== 0) return ok(null)
	let least: (Owner & { readonly path: string }) | null = null
	for (const path of paths) {
		const other = await otherThanRoot(path)
		// What others may do to a path of root's matters only while this is root.
		if (!other.ok && least === null) return other
		if (other.ok) least ??= other.value && { ...other.value, path }
	}
	return least === null ? ok(null) : await become(least, least.path)
}

/** True where root would give itself up for it, or refuse to go there. */
export async function isOthers(path: string): Promise<boolean> {
	const other = await otherThanRoot(path)
	return other.ok ? other.value !== null : other.fault.code === 'open-to-others'
}

/** No path is longer than this many links (path_resolution(7)). */
const mostLinks = 40

/** Follows the way as the kernel does, name by name. */
async function otherThanRoot(path: string): Promise<Result<Owner | null, GiveUpRootFault>> {
	let rest = (path.startsWith('/') ? path : `${process.cwd()}/${path}`).split('/')
	let at = '/'
	/** Whether others may put names into `at`. */
	let open = false
	let links = 0
	try {
		for (;;) {
			const name = rest.shift()
			if (name === undefined) return open ? fail('open-to-others', openWords(at)) : ok(null)
			if (name === '' || name === '.') continue
			if (name === '..') {
				at = dirname(at)
				open = isOpenToOthers(await lstat(at))
				continue
			}
			const here = join(at, name)
			const found = await lstat(here).catch(nullIfMissing)
			// Who makes it finds out whether somebody was faster: `makeDirectory`.
			if (found === null) return ok(null)
			if (found.uid !== 0) return ok({ uid: found.uid, gid: found.gid })
			if (found.isSymbolicLink()) {
				if (++links > mostLinks) return fail('not-looked-at', `${path}: too many links`)
				const target = await readlink(here)
				rest = [...target.split('/'), ...rest]
				if (target.startsWith('/')) at = '/'
				continue
			}
			if (found.isDirectory()) {
				open = isOpenToOthers(found)
				// A sticky folder keeps what is there its owner's.
				if (open && (found.mode & 0o1000) === 0) return fail('open-to-others', openWords(here))
			} else open = false
			at = here
		}
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('not-looked-at', message)
	}
}

/** Whether others than the owner may make names in a directory. */
export function isOpenToOthers({ mode, gid }: { readonly mode: number; readonly gid: number }): boolean {
	return (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== 0)
}

function openWords(directory: string): string {
	return `others than root may put files into ${directory}: give it an owner (chown), or take their right (chmod go-w)`
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
	if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
	throw error
}

const run = promisify(execFile)

/** For one whom the system does not know: `nogroup`, and on every system a group of nobody's. */
const nobodysGroup = 65_534

async function become(owner: Owner, path: string): Promise<Result<LeastUser, GiveUpRootFault>> {
	const groups = (await idOf(owner.uid, '-G')).split(' ').filter(Boolean).map(Number)
	const name = (await idOf(owner.uid, '-un')) || String(owner.uid)
	// The directory's group: what is made there is for those who read what the owner itself makes.
	const gid = [owner.gid, ...groups].find((group) => group !== 0) ?? nobodysGroup
	try {
		// Groups first: without root nobody may change them.
		process.setgroups?.([...new Set([gid, ...groups])].filter((group) => group !== 0))
		process.setgid?.(gid)
		process.setuid?.(owner.uid)
		const kept = await keptOfRoot(owner.uid, gid)
		return kept === null ? ok({ uid: owner.uid, gid, name, path }) : fail('root-kept', `${path}: ${kept}`)
	} catch (error) {
		return fail(
			'root-kept',
			`${path}: can't become its owner ${name} (${(error as NodeJS.ErrnoException).code})`,
		)
	}
}

/** Empty for a user whom the system does not know. */
async function idOf(uid: number, what: '-G' | '-un'): Promise<string> {
	return await run('id', [what, `+${uid}`]).then(
		({ stdout }) => stdout.trim(),
		() => '',
	)
}

/** What of root is left to any thread of this process; null where nothing is. */
async function keptOfRoot(uid: number, gid: number): Promise<string | null> {
	try {
		process.setuid?.(0)
		return 'root could be had again'
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
	}
	// Each thread has rights of its own to the kernel, one of an io_uring too.
	const tasks = '/proc/self/task'
	for (const task of await readdir(tasks)) {
		const status = await readFile(`${tasks}/${task}/status`, 'latin1').catch(nullIfMissing)
		if (status === null) continue
		const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]?.trim() ?? ''
		const has = (name: string, value: number) =>
			field(name)
				.split(/\s+/)
				.every((one) => one === String(value))
		// Inheritable ones, which containers hand down, are none: they need a file that has them too (capabilities(7)).
		const capabilities = ['CapPrm', 'CapEff', 'CapAmb']
		if (!has('Uid', uid) || !has('Gid', gid))
			return `a thread is still another user (${field('Uid')}, ${field('Gid')})`
		if (field('Groups').split(/\s+/).includes('0')) return "a thread is still in root's group"
		if (!capabilities.every((name) => /^0*$/.test(field(name)))) return 'a thread kept a capability'
	}
	return null
}
