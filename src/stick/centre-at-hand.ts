/**
 * The centre that takes a stick in: the one that runs, over its socket; where none does, this process opens the ledger
 * itself, under the lock. One process writes a ledger.
 */
import { Central, type CentralOptions } from '../central/central.ts'
import type { HandIn } from '../central/hand-in/hand-in.ts'
import { RunningCentre } from '../central/hand-in/running-centre.ts'
import type { Signer } from '../evidence/signer.ts'
import { diskFault } from '../journal/disk-fault.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

export interface CentreOptions
	extends Pick<CentralOptions, 'directory' | 'clock' | 'notBefore' | 'random' | 'log' | 'publishWithinMs'> {
	/** The key that signs receipts; asked for only where no centre runs. */
	readonly signer: () => Promise<Result<Signer>>
}

export interface CentreAtHand {
	readonly handIn: HandIn
	/** Whether it runs in another process. */
	readonly runs: boolean
	close(): Promise<void>
}

/**
 * `centre-locked`: another process has the ledger and takes nothing in, as a centre that only starts.
 * `centre-failed`: its disk or its ledger, or it takes in nothing of us.
 */
export type NoCentre = Fault<'centre-locked' | 'centre-failed'>

export async function centreAtHand(options: CentreOptions): Promise<Result<CentreAtHand, NoCentre>> {
	const running = await runningCentre(options.directory)
	if (running !== null) return running
	const own = await ownLedger(options)
	if (own.ok || own.fault.code !== 'centre-locked') return own
	// Whoever has the lock may have begun to listen while we waited for it.
	return (await runningCentre(options.directory)) ?? own
}

/** Null where none listens. */
async function runningCentre(directory: string): Promise<Result<CentreAtHand, NoCentre> | null> {
	const connected = await RunningCentre.connect(directory).catch((error: NodeJS.ErrnoException) => {
		if (error.code === undefined) throw error
		return fail('not-reached', `${directory}: the centre that runs here can't be asked (${error.code})`)
	})
	if (connected.ok) {
		const centre = connected.value
		return ok({ handIn: centre, runs: true, close: () => centre.close() })
	}
	const { code, detail } = connected.fault
	return code === 'not-running' ? null : fail('centre-failed', detail)
}

async function ownLedger({ signer, ...options }: CentreOptions): Promise<Result<CentreAtHand, NoCentre>> {
	const key = await signer()
	if (!key.ok) return fail('centre-failed', key.fault.detail)
	const central = new Central({ ...options, signer: key.value, broker: null, failed() {} })
	const started = await central.start().catch((error: NodeJS.ErrnoException) => {
		if (error.code === undefined) throw error
		return fail('unwritable', diskFault(error, `${options.directory}: can't be written to`).detail)
	})
	if (started.ok) {
		return ok({ handIn: central.handIn, runs: false, close: () => central.stop() })
	}
	await central.stop()
	const { code, detail } = started.fault
	if (code !== 'locked') return fail('centre-failed', detail)
	return fail(
		'centre-locked',
		`${detail}: a centre that only starts, or another import; try again in a minute`,
	)
}
