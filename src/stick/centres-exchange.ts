/**
 * The authority's list of centres on a stick, in a device's folder: it goes both ways, and each end believes only the
 * authority's signature. The newer one of two is left on the stick.
 */
import { join } from 'node:path'
import type { CentreList } from '../evidence/authority/centre-list.ts'
import { centresFile } from '../evidence/authority/centres.ts'
import { keepCentres, takeCentresFrom } from '../evidence/authority/centres-file.ts'
import { type Fault, fail } from '../platform/result.ts'
import type { StickFolder } from './folder.ts'
import { largestSmall } from './layout.ts'
import { putSmall, readSmall } from './small-file.ts'

/** Gives the text of the list that lies in `folder`, of which nothing is proven; null where none does. */
export async function centresOnStick(folder: StickFolder): Promise<string | null> {
	const bytes = await readSmall(folder, centresFile, largestSmall)
	return bytes.ok ? bytes.value.toString('latin1').replace(/\n$/, '') : null
}

/** Leaves the list that is here on the stick, where it is not the one that lies there. Throws when the stick fails. */
export async function leaveCentres(folder: StickFolder, text: string | null): Promise<Fault | null> {
	if (text === null) return null
	const put = await putSmall(folder, centresFile, Buffer.from(`${text}\n`))
	return put.ok ? null : put.fault
}

/**
 * At a kiosk: takes what stick, journal and uplink know, and leaves the newest on the stick and beside the entries,
 * where kiosk and uplink look. Gives what is wrong. Throws when the stick fails.
 */
export async function exchangeCentres(
	folder: StickFolder,
	centres: CentreList,
	journal: string,
	uplink: string,
): Promise<Fault[]> {
	const faults: Fault[] = []
	const own = join(journal, centresFile)
	for (const path of [own, join(uplink, centresFile)]) {
		const taken = await takeCentresFrom(path, centres)
		if (!taken.ok && taken.fault.code !== 'centres-rollback') faults.push(taken.fault)
	}
	const brought = await centresOnStick(folder)
	const taken = brought === null ? null : centres.take(brought)
	// An older one is what the kiosk left there the last time.
	if (taken?.ok === false && taken.fault.code !== 'centres-rollback') faults.push(onStick(taken.fault))
	if (taken?.ok === true && taken.value) {
		try {
			await keepCentres(own, centres)
		} catch (error) {
			const { code, message } = error as NodeJS.ErrnoException
			if (code === undefined) throw error
			faults.push(
				fail('centres-not-kept', `${journal}: the list of centres could not be kept (${message})`).fault,
			)
		}
	}
	const left = await leaveCentres(folder, centres.text)
	if (left !== null) faults.push(left)
	if (centres.awaited !== null) {
		const detail = `the list of centres no. ${centres.awaited} is not here yet: receipts are kept, and count when it comes`
		faults.push(fail('centres-awaited', detail).fault)
	}
	return faults
}

function onStick({ code, detail }: Fault): Fault {
	return { code, detail: `the stick's ${centresFile}: ${detail}` }
}
