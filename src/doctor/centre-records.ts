/** Whether those who read what a centre keeps may: by lstat(2) only. */
import type { Stats } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { registryFile } from '../audit/published-authority.ts'
import { ledgerFile } from '../audit/verified-entries.ts'
import { handInFolder } from '../central/hand-in/hand-in-socket.ts'
import { authorityFile, centresFile } from '../evidence/authority/centres.ts'
import { type Finding, findingsOf, sameInBothLanguages, type Words } from './finding.ts'

/** Whose members may read what a centre keeps: the users of the board and of publishing. */
export const centreGroup = 'testigo-centre'

/** What the centre keeps, of which each of them reads at least this where it is there. */
const read = [
	...['.', ledgerFile, 'ledger.json', registryFile, centresFile, authorityFile, 'statuses.json'],
	...['images', 'devices'],
] as const

/** Names of keys that are looked at: a campaign has some thousand kiosks. */
const mostKeys = 20_000

/** Names in one line of text. */
const mostNamed = 5

export interface CentreReader {
	/** Of the machine, in which it is told. */
	readonly part: string
	/** The centre's. */
	readonly directory: string
	/** Files that it reads beside what all of them do. */
	readonly also: readonly string[]
}

/** Null where whoever is in the group can read all of it. */
export async function closedTo(
	group: number | null,
	{ part, directory, also }: CentreReader,
): Promise<Finding | null> {
	const paths = [...read.map((name) => join(directory, name)), ...also]
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
			return notSeen(part, message)
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
	return findingsOf(part).wrong('closed', what, toOpen(directory, first.path, first.found))
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
		return sameInBothLanguages(`sudo install -d -o testigo-central -g ${centreGroup} -m 750 ${path}`)
	return {
		es: `póngalo otra vez: sudo install -m 644 <archivo> ${path}`,
		en: `put it there again: sudo install -m 644 <file> ${path}`,
	}
}

/** As an upgrade does: debian/postinst. The lock is its owner's alone, and so is where a running centre is spoken to. */
export function openAsCentre(directory: string): string {
	const find = [
		`find ${directory} -path ${join(directory, handInFolder)} -prune -o -user testigo-central ! -type l`,
		`-exec chgrp ${centreGroup} {} + -exec chmod g+rX-w,o= {} + -name lock -exec chmod g= {} +`,
	]
	return `sudo env -C / setpriv --reuid testigo-central --regid ${centreGroup} --init-groups ${find.join(' ')}`
}

function notSeen(part: string, why: string): Finding {
	return findingsOf(part).unseen('not-seen', sameInBothLanguages(why), {
		es: 'repita como root',
		en: 'look again as root',
	})
}
