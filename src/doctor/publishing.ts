/** The public log, where this machine publishes one: its key, what it rests on, the archive, and that they go together. */
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { headsFile } from '../audit/ledger-heads.ts'
import { campaignFile } from '../evidence/authority/campaign.ts'
import { mirrorsFile } from '../evidence/authority/mirrors.ts'
import type { Fault, Result } from '../platform/result.ts'
import type { PublishConfig } from '../publishing/config.ts'
import { lookAtPublishing } from './as-owner.ts'
import { closedTo } from './centre-records.ts'
import { type Finding, findingsOf, sameInBothLanguages, type Words } from './finding.ts'
import type { PublishingState } from './publishing-state.ts'

const { ok, warn, wrong, unseen } = findingsOf('publish')

/** Of a country some 15,000 files, of which a publication writes each anew at first. */
const needed = { bytes: 200e6, files: 20_000 }
const ample = { bytes: 1e9, files: 50_000 }

/** `group` is the number of `centreGroup`; null on a machine without it. */
export async function inspectPublishing(
	config: Result<PublishConfig>,
	group: number | null,
): Promise<Finding[]> {
	if (!config.ok) {
		const todo = { es: 'corrija publish.json', en: 'mend publish.json' }
		return [wrong(config.fault.code, sameInBothLanguages(config.fault.detail), todo)]
	}
	const { directory, log } = config.value
	const hidden = await whyHidden(log)
	if (hidden !== null) return [hidden]
	const { election = join(directory, 'election.json'), register = join(directory, 'register.csv') } =
		config.value
	const names = [headsFile, campaignFile, mirrorsFile].map((name) => join(directory, name))
	const closed = await closedTo(group, { part: 'publish', directory, also: [...names, election, register] })
	if (closed !== null) return [closed]
	const seen = await lookAtPublishing(config.value)
	return seen.ok ? diagnosePublishing(config.value, seen.value) : [notSeen(seen.fault.detail)]
}

/** Only the owner of the key, or root, can say something of it. */
async function whyHidden(log: string): Promise<Finding | null> {
	try {
		const { uid } = await lstat(log)
		const we = process.geteuid?.() ?? uid
		return we === 0 || we === uid ? null : notSeen(`${log}: belongs to another user (${uid})`)
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code !== 'ENOENT') return notSeen(message)
		const what = { es: `${log}: no hay clave de la bitácora`, en: `${log}: there is no key of the log` }
		return wrong('no-log-key', what, sameInBothLanguages(makeKey(log)))
	}
}

function makeKey(log: string): string {
	return `sudo install -d -o testigo-publish -g testigo-centre -m 755 ${log}; sudo testigo enrol log --dir ${log} --origin …`
}

export function diagnosePublishing(
	{ log: folder, archive, directory }: PublishConfig,
	{ log, words, room, standing, clock }: PublishingState,
): Finding[] {
	const found: Finding[] = []
	if (!log.ok) found.push(wrongFault(log.fault, keyTodo(log.fault, folder)))
	if (!words.ok) found.push(wrongFault(words.fault, wordsTodo(words.fault, directory)))
	else if (log.ok && words.value !== log.value) {
		const what = {
			es: `el objeto de campaña nombra la bitácora ${words.value}, no la de esta clave`,
			en: `the campaign object names the log ${words.value}, not the one of this key`,
		}
		const todo = {
			es: `traiga la clave a ${folder}, o haga firmar otro objeto`,
			en: `bring its key to ${folder}, or have another object signed`,
		}
		found.push(wrong('foreign-log', what, todo))
	}
	found.push(...roomFindings(archive, room))
	if (log.ok && !standing.ok) {
		const todo = {
			es: 'traiga la copia más nueva del archivo y de last-checkpoint; no borre nada',
			en: 'bring the newest copy of the archive and of last-checkpoint back; delete nothing',
		}
		found.push(wrongFault(standing.fault, todo))
	}
	if (!clock.ok) {
		const todo = {
			es: 'ponga la hora: sin ella no se publica',
			en: 'set the clock: without it nothing is published',
		}
		found.push(wrongFault(clock.fault, todo))
	}
	if (found.length > 0 || !standing.ok) return found
	const { signed, shown } = standing.value
	if (shown === null)
		return [ok({ es: `${archive}: todavía sin publicar`, en: `${archive}: nothing published yet` })]
	// Signed and not shown: the next start completes it.
	const waits = signed > shown ? ` (+${signed - shown})` : ''
	return [ok({ es: `${archive}: ${shown}${waits} hojas`, en: `${archive}: ${shown}${waits} leaves` })]
}

function roomFindings(archive: string, room: PublishingState['room']): Finding[] {
	if (!room.ok) {
		const todo = sameInBothLanguages(`sudo install -d -o testigo-publish -g testigo-centre -m 755 ${archive}`)
		return [wrong(room.fault.code, sameInBothLanguages(room.fault.detail), todo)]
	}
	const { bytes, files } = room.value
	const megabytes = Math.floor(bytes / 1e6)
	const left = files ?? Number.POSITIVE_INFINITY
	const what = {
		es: `${archive}: quedan ${megabytes} MB${files === null ? '' : `, ${files} archivos`}`,
		en: `${archive}: ${megabytes} MB${files === null ? '' : `, ${files} files`} left`,
	}
	const todo = { es: 'use un disco más grande', en: 'use a larger disk' }
	if (bytes < needed.bytes || left < needed.files) return [wrong('full', what, todo)]
	return bytes < ample.bytes || left < ample.files ? [warn('low', what, todo)] : []
}

function wrongFault({ code, detail }: Fault, todo: Words): Finding {
	return wrong(code, sameInBothLanguages(detail), todo)
}

function keyTodo({ code }: Fault, folder: string): Words {
	if (code === 'key-exposed') {
		return {
			es: 'otros pudieron leerla: chmod 600, y avise a la autoridad',
			en: 'others could read it: chmod 600, and tell the authority',
		}
	}
	if (code === 'file-missing' || code === 'key-missing') {
		return {
			es: `traiga la copia de ${folder}; si nunca hubo: ${makeKey(folder)}`,
			en: `bring the copy of ${folder} back; where there never was one: ${makeKey(folder)}`,
		}
	}
	return { es: `traiga la copia de ${folder}`, en: `bring the copy of ${folder} back` }
}

function wordsTodo({ code }: Fault, directory: string): Words {
	if (code === 'no-campaign') {
		return {
			es: `pida el objeto de campaña (testigo ca campaign), y póngalo en ${directory}`,
			en: `ask for the campaign object (testigo ca campaign), and put it into ${directory}`,
		}
	}
	return {
		es: `ponga en ${directory} los archivos que el objeto de campaña nombra, o pida otro objeto`,
		en: `put the files that the campaign object names into ${directory}, or ask for another object`,
	}
}

function notSeen(why: string): Finding {
	return unseen('not-seen', sameInBothLanguages(why), { es: 'repita como root', en: 'look again as root' })
}
