/** The centre's board, where a centre is on this machine: its settings, what it may read, and whether it is there. */
import type { Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BoardConfig } from '../board/config.ts'
import type { Clock } from '../platform/clock.ts'
import { readListeningSecrets } from '../platform/http/listening.ts'
import type { Result } from '../platform/result.ts'
import { whyUnreachable } from './broker.ts'
import { type Finding, findingsOf, sameInBothLanguages } from './finding.ts'

/** What the centre keeps, of which the board reads at least this. */
const read = ['.', 'ledger.jws', 'registry.jws', 'statuses.json', 'images'] as const

export async function inspectBoard(config: Result<BoardConfig>, clock: Clock): Promise<Finding[]> {
	const { ok, warn, wrong } = findingsOf('board')
	if (!config.ok) {
		const todo = { es: 'corrija board.json', en: 'mend board.json' }
		return [wrong(config.fault.code, sameInBothLanguages(config.fault.detail), todo)]
	}
	const { directory, listen } = config.value
	const secrets = await readListeningSecrets(listen)
	if (!secrets.ok) {
		const todo = {
			es: 'traiga ese archivo, o escuche en 127.0.0.1',
			en: 'bring that file, or listen at 127.0.0.1',
		}
		return [wrong(secrets.fault.code, sameInBothLanguages(secrets.fault.detail), todo)]
	}
	const closed: string[] = []
	for (const name of read) {
		const path = join(directory, name)
		const found = await lstat(path).catch(() => null)
		if (found !== null && !isForItsGroup(found)) closed.push(path)
	}
	if (closed.length > 0) {
		const what = {
			es: `su grupo no puede leer ${closed.join(', ')}`,
			en: `its group can't read ${closed.join(', ')}`,
		}
		const to = `sudo chgrp -R testigo-centre ${directory}; sudo chmod -R g+rX,g-w ${directory}; sudo chmod 600 ${directory}/lock`
		return [wrong('closed', what, sameInBothLanguages(to))]
	}
	const address = listen.address.includes(':') ? `[${listen.address}]` : listen.address
	const url = `${listen.tls === undefined ? 'http' : 'https'}://${address}:${listen.port}`
	const why = await whyUnreachable(url, clock)
	if (why === null) return [ok(sameInBothLanguages(url))]
	const todo = sameInBothLanguages('sudo systemctl start testigo-board')
	return [warn('not-there', sameInBothLanguages(`${url}: ${why}`), todo)]
}

/** A lock is its owner's alone; a directory takes both bits. */
function isForItsGroup(found: Stats): boolean {
	const needed = found.isDirectory() ? 0o050 : 0o040
	return (found.mode & needed) === needed
}
