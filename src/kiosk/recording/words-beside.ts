/**
 * The authority's words beside the entries: its certificate and its newest list of centres. Whoever checks the journal,
 * or a stick that it was copied to, needs no other; and the kiosk remembers by it which list it has seen, whatever the
 * uplink leaves it.
 */
import { join } from 'node:path'
import type { CentreList } from '../../evidence/authority/centre-list.ts'
import { authorityFile, centresFile } from '../../evidence/authority/centres.ts'
import { keepCentres, takeCentresFrom } from '../../evidence/authority/centres-file.ts'
import { readAuthorityPem } from '../../evidence/authority/pinned-centre.ts'
import { diskFault } from '../../journal/disk-fault.ts'
import { readCapped } from '../../platform/files/capped-file.ts'
import { replaceFile } from '../../platform/files/durable.ts'
import type { KioskConfig } from '../config/kiosk-config.ts'
import type { KioskLog } from '../events.ts'

/** Where no authority is known nothing is written. */
export async function openWordsBeside(
	journal: string,
	{ centre }: Pick<KioskConfig, 'centre'>,
	centres: CentreList | null,
	log: KioskLog,
): Promise<WordsBeside> {
	const words = new WordsBeside(journal, log)
	const authorityPem = centre === undefined ? null : await readAuthorityPem(centre)
	if (centres !== null && authorityPem !== null) await words.open(centres, authorityPem)
	return words
}

class WordsBeside {
	readonly #journal: string
	readonly #log: KioskLog

	constructor(journal: string, log: KioskLog) {
		this.#journal = journal
		this.#log = log
	}

	/** Takes the list that was seen last, and leaves what is newest. A disk that fails here keeps nobody from recording. */
	async open(centres: CentreList, authorityPem: string): Promise<void> {
		const taken = await takeCentresFrom(join(this.#journal, centresFile), centres)
		// One that is older, or of another campaign, is replaced: enrolment has brought another.
		if (!taken.ok) this.#log({ event: 'centres-refused', fault: taken.fault, times: 1 })
		const path = join(this.#journal, authorityFile)
		const there = await readCapped(path, 64 * 1024)
		if (!there.ok || there.value.toString('latin1') !== authorityPem) {
			await this.#writing(() => replaceFile(path, authorityPem))
		}
		if (!taken.ok || !taken.value) await this.keep(centres)
	}

	/** Where there is one. */
	async keep(centres: CentreList): Promise<void> {
		await this.#writing(() => keepCentres(join(this.#journal, centresFile), centres))
	}

	async #writing(write: () => Promise<void>): Promise<void> {
		try {
			await write()
		} catch (error) {
			const fault = diskFault(error, `${this.#journal}: can't be written`)
			this.#log({ event: 'trouble', device: 'storage', fault })
		}
	}
}
