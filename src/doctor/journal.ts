/** The journal as it stands on the disk: whose it is, who writes in it, whether it verifies. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type AuditRefusal, auditJournal } from '../audit/journal-audit.ts'
import type { JournalReport } from '../audit/journal-report.ts'
import { readPublicKeyFile } from '../evidence/keys/public-key-file.ts'
import { deviceFile, entriesFile } from '../journal/journal.ts'
import { type LockState, lockState } from '../journal/lock.ts'
import type { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { instant } from '../platform/clock.ts'
import type { Result } from '../platform/result.ts'
import { type Finding, findingsOf, sameInBothLanguages } from './finding.ts'

export interface JournalState {
	readonly lock: LockState
	/** Null where nothing was recorded yet. */
	readonly audit: Result<JournalReport, AuditRefusal> | null
	/** When a run last kept a mark of what it verified, milliseconds since 1970. */
	readonly verifiedAt: number | null
	/** False where the journal was begun with another key than the device's. */
	readonly own: boolean
}

export async function probeJournal({ journal, identity }: KioskConfig): Promise<JournalState> {
	const begun = await stat(join(journal, entriesFile)).then(
		() => true,
		({ code }: NodeJS.ErrnoException) => code !== 'ENOENT' && code !== 'ENOTDIR',
	)
	const mark = await stat(join(journal, 'verified.json')).catch(() => null)
	const [owner, device] = await Promise.all([
		readPublicKeyFile(join(journal, deviceFile)),
		readPublicKeyFile(join(identity, 'public.pem')),
	])
	return {
		lock: await lockState(join(journal, 'lock')),
		audit: begun ? await auditJournal(journal, { images: false }) : null,
		verifiedAt: mark?.mtimeMs ?? null,
		own: !owner.ok || !device.ok || owner.value.equals(device.value),
	}
}

export function diagnoseJournal(directory: string, { lock, audit, verifiedAt, own }: JournalState): Finding {
	const { ok, warn, wrong, unseen } = findingsOf('journal')
	if (lock === 'no-flock') {
		return wrong(
			lock,
			{ es: 'falta el programa flock', en: 'the program flock is missing' },
			sameInBothLanguages('apt install util-linux'),
		)
	}
	const by =
		lock === 'held'
			? { es: 'un kiosco escribe en él', en: 'a kiosk writes in it' }
			: { es: 'libre', en: 'free' }
	if (audit === null) {
		return ok({ es: `${directory}: aún vacío, ${by.es}`, en: `${directory}: empty as yet, ${by.en}` })
	}
	if (!own) {
		return wrong(
			'other-device',
			{ es: `${directory}: empezado con otra clave`, en: `${directory}: begun with another key` },
			{ es: 'dé a este equipo su propio diario', en: 'give this device a journal of its own' },
		)
	}
	if (!audit.ok) {
		const { code, detail } = audit.fault
		const finding = code === 'unreadable' || code === 'file-unreadable' ? unseen : wrong
		return finding(code, sameInBothLanguages(detail), {
			es: 'guarde este disco como está y llame al técnico',
			en: 'keep this disk as it is and call the technician',
		})
	}
	const { entries, actas, faults, faultCount } = audit.value
	const [first] = faults
	const torn = faultCount === 1 && (first?.code === 'torn-tail' || first?.code === 'nul-byte')
	const since = verifiedAt === null ? '' : `; verified.json ${instant(verifiedAt)}`
	const what = {
		es: `${entries} registros, ${actas} actas, todo verificado; ${by.es}${since}`,
		en: `${entries} entries, ${actas} actas, all verified; ${by.en}${since}`,
	}
	if (first?.code === 'nothing-to-check') {
		return warn(
			first.code,
			{ es: `${directory}: ni un registro; ${by.es}`, en: `${directory}: not one entry; ${by.en}` },
			{
				es: 'si este kiosco ya registró algo, lo vaciaron: guarde el disco como está y llame al técnico',
				en: 'where this kiosk has recorded before, it was emptied: keep the disk as it is, call the technician',
			},
		)
	}
	if (first === undefined || (torn && lock === 'held')) return ok(what)
	if (torn) {
		return warn('torn-tail', sameInBothLanguages(first.detail), {
			es: 'nada: el próximo arranque la aparta y sigue',
			en: 'nothing: the next start sets it aside and goes on',
		})
	}
	return wrong('damaged', sameInBothLanguages(`entry ${first.seq ?? '?'}: ${first.detail} (${first.code})`), {
		es: 'guarde este disco como está; siga con un diario vacío y el equipo inscrito de nuevo',
		en: 'keep this disk as it is; go on with an empty journal and a newly enrolled device',
	})
}
