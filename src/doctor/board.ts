/** The centre's board, where a centre is on this machine: its settings, what it may read, and whether it is there. */
import type { Stats } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { registryFile } from '../audit/published-authority.ts'
import { ledgerFile } from '../audit/verified-entries.ts'
import type { BoardConfig } from '../board/config.ts'
import { handInFolder } from '../central/hand-in/hand-in-socket.ts'
import { authorityFile, centresFile } from '../evidence/authority/centres.ts'
import type { Clock } from '../platform/clock.ts'
import { readListeningSecrets } from '../platform/http/listening.ts'
import type { Result } from '../platform/result.ts'
import { whyUnreachable } from './broker.ts'
import { type Finding, findingsOf, sameInBothLanguages, type Words } from './finding.ts'

/** Whose members may read what a centre keeps: the board's user is one. */
export const boardGroup = 'testigo-centre'

/** What the centre keeps, of which the board reads at least this where it is there. */
const read = [
	...['.', ledgerFile, 'ledger.json', registryFile, centresFile, authorityFile, 'statuses.json'],
	...['images', 'devices'],
] as const

/** Names of keys that are looked at: a campaign has some thousand kiosks. */
const mostKeys = 20_000

/** Names in one line of text. */
const mostNamed = 5

/** `group` is the number of `boardGroup`; null on a machine without it, where that of the directory has to do. */
export async function inspectBoard(
	config: Result<BoardConfig>,
	group: number | null,
	clock: Clock,
): Promise<Finding[]> {
	const { ok, warn, wrong } = findingsOf('board')
	if (!config.ok) {
		const todo = { es: 'corrija board.json', en: 'mend board.json' }
		return [wrong(config.fault.code, sameInBothLanguages(config.fault.detail), todo)]
	}
	const { listen } = config.value
	const secrets = await readListeningSecrets(listen)
	if (!secrets.ok) {
		const todo = {
			es: 'traiga ese archivo, o escuche en 127.0.0.1',
			en: 'bring that file, or listen at 127.0.0.1',
		}
		return [wrong(secrets.fault.code, sameInBothLanguages(secrets.fault.detail), todo)]
	}
	const closed = await closedTo(group, config.value)
	if (closed !== null) return [closed]
	const address = listen.address.includes(':') ? `[${listen.address}]` : listen.address
	const url = `${listen.tls === undefined ? 'http' : 'https'}://${address}:${listen.port}`
	const why = await whyUnreachable(url, clock)
	if (why === null) return [ok(sameInBothLanguages(url))]
	const todo = sameInBothLanguages('sudo systemctl start testigo-board')
	return [warn('not-there', sameInBothLanguages(`${url}: ${why}`), todo)]
}

/** Null where whoever is in the group can read all of it. */
async function closedTo(group: number | null, { directory, register }: BoardConfig): Promise<Finding | null> {
	const paths = read.map((name) => join(directory, name))
	paths.push(register ?? join(directory, 'register.csv'))
	paths.push(...(await keysIn(join(directory, 'devices'))))
	const closed: { readonly path: string; readonly found: Stats }[] = []
	let its = group
	for (const path of paths) {
		let found: Stats
		try {
			found = await lstat(path)
		} catch (error) {
			const { code, message } = error as NodeJS.ErrnoException
			if (code === 'ENOENT') continue
			return notSeen(message)
		}
		its ??= found.gid
		if (!isReadableBy(its, found)) closed.push({ path, found })
	}
	const [first] = closed
	if (first === undefined) return null
	const more = closed.length > mostNamed ? ` … (${closed.length})` : ''
	const names = closed.slice(0, mostNamed).map(({ path }) => path)
	const what = {
		es: `su grupo no puede leer ${names.join(', ')}${more}`,
		en: `its group can't read ${names.join(', ')}${more}`,
	}
	return findingsOf('board').wrong('closed', what, toOpen(directory, first.path, first.found))
}

async function keysIn(directory: string): Promise<string[]> {
	const paths: string[] = []
	// One that can't be listed is named by itself.
	for await (const { name } of await opendir(directory).catch(() => [])) {
		if (paths.length >= mostKeys) break
		paths.push(join(directory, name))
	}
	return paths
}

/** A directory takes both bits. The group's count for who is in it, whatever others may. */
function isReadableBy(group: number, found: Stats): boolean {
	const needed = found.isDirectory() ? 0o5 : 0o4
	const given = found.gid === group ? found.mode >> 3 : found.mode
	return (given & needed) === needed
}

/** What root has put there is put there anew: nothing of a directory of the centre's is followed as root. */
function toOpen(directory: string, path: string, found: Stats): Words {
	if (found.uid !== 0) return sameInBothLanguages(openAsCentre(directory))
	if (found.isDirectory())
		return sameInBothLanguages(`sudo install -d -o testigo-central -g ${boardGroup} -m 750 ${path}`)
	return {
		es: `póngalo otra vez: sudo install -m 644 <archivo> ${path}`,
		en: `put it there again: sudo install -m 644 <file> ${path}`,
	}
}

/** As an upgrade does: debian/postinst. The lock is its owner's alone, and so is where a running centre is spoken to. */
export function openAsCentre(directory: string): string {
	const find = [
		`find ${directory} -path ${join(directory, handInFolder)} -prune -o -user testigo-central ! -type l`,
		`-exec chgrp ${boardGroup} {} + -exec chmod g+rX-w,o= {} + -name lock -exec chmod g= {} +`,
	]
	return `sudo env -C / setpriv --reuid testigo-central --regid ${boardGroup} --init-groups ${find.join(' ')}`
}

function notSeen(why: string): Finding {
	return findingsOf('board').unseen('not-seen', sameInBothLanguages(why), {
		es: 'repita como root',
		en: 'look again as root',
	})
}
