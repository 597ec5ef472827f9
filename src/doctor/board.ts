/** The centre's board, where a centre is on this machine: its settings, what it may read, and whether it is there. */
import { join } from 'node:path'
import type { BoardConfig } from '../board/config.ts'
import type { Clock } from '../platform/clock.ts'
import { readListeningSecrets } from '../platform/http/listening.ts'
import type { Result } from '../platform/result.ts'
import { whyUnreachable } from './broker.ts'
import { closedTo } from './centre-records.ts'
import { type Finding, findingsOf, sameInBothLanguages } from './finding.ts'

/** `group` is the number of `centreGroup`; null on a machine without it, where that of the directory has to do. */
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
	const { directory, register = join(directory, 'register.csv') } = config.value
	const closed = await closedTo(group, { part: 'board', directory, also: [register] })
	if (closed !== null) return [closed]
	const address = listen.address.includes(':') ? `[${listen.address}]` : listen.address
	const url = `${listen.tls === undefined ? 'http' : 'https'}://${address}:${listen.port}`
	const why = await whyUnreachable(url, clock)
	if (why === null) return [ok(sameInBothLanguages(url))]
	const todo = sameInBothLanguages('sudo systemctl start testigo-board')
	return [warn('not-there', sameInBothLanguages(`${url}: ${why}`), todo)]
}
