/** What should make a person look, of all that the records hold. It changes no table's state. */
import type { AddedUp } from '../tally/record-tally.ts'
import type { DeviceTables } from './device-tables.ts'
import type { RecordFinding } from './view.ts'

/** Of each kind that anybody could cause without end. */
const mostOfAKind = 1_000

/** Those of devices and records first, then by table. */
export function findingsIn(
	{ tally, equivocations, leftOut }: AddedUp,
	devices: DeviceTables,
): readonly RecordFinding[] {
	const ofDevices: RecordFinding[] = [...equivocations.conflicting()].map(({ device, seqs }) => ({
		...{ code: 'equivocation', table: null, device },
		detail: `${device} was cloned or rolled back: two entries with one number, at ${seqs.length} numbers from ${seqs[0]} on`,
	}))
	const records: RecordFinding[] =
		leftOut === 0
			? []
			: [
					{
						...{ code: 'left-out', table: null, device: null },
						detail: `${leftOut} records do not verify, or nobody lists who signed them: testigo verify names them`,
					},
				]
	const again = tally.countedAgain().map(
		({ table, by, voidedBy }): RecordFinding => ({
			...{ code: 'counted-again', table, device: by.device },
			detail: `entry ${by.seq} of ${by.device} counts although its entry ${voidedBy} marked it: that came after its last good one`,
		}),
	)
	const answers = tally.answerFaults().map(
		({ code, answer, entry }): RecordFinding => ({
			...{ code, table: null, device: answer.station },
			detail: `an answer of ${answer.station} to entry ${entry.seq} of ${entry.device} does not count`,
		}),
	)
	const elsewhere = [...devices.ids].flatMap((device): RecordFinding[] => {
		const unusual = devices.unusual(device)
		if (unusual.length === 0) return []
		const tables = unusual.reduce((sum, one) => sum + one.tables, 0)
		return [
			{
				...{ code: 'unusual-places', table: null, device },
				detail: `${device} recorded ${tables} tables of ${unusual.length} municipalities outside its usual ones`,
			},
		]
	})
	const foreign = tally.otherElections().map(
		({ device, seq }): RecordFinding => ({
			...{ code: 'other-election', table: null, device },
			detail: `entry ${seq} of ${device} is of another election`,
		}),
	)
	const implausible: RecordFinding[] = []
	for (const table of [...tally.tablesWithFindings()].sort().slice(0, mostOfAKind)) {
		for (const { findings, recordedBy } of tally.table(table)?.versions ?? []) {
			const device = recordedBy[0]?.device ?? null
			implausible.push(...findings.map(({ code, detail }) => ({ code, detail, table, device })))
		}
	}
	return [ofDevices, records, again, elsewhere, answers, foreign, implausible].flatMap((kind) =>
		kind.slice(0, mostOfAKind),
	)
}
