import { totalVotes } from '../../acta/totals.ts'
import type { DiskTrouble, Scene, Table } from '../../panel/status.ts'
import { type Fault, unreachable } from '../../platform/result.ts'
import type { ActaReading } from '../../reading/reading.ts'
import { shownHead } from './closing.ts'
import type { Session } from './session-types.ts'

/** What a volunteer is shown of a session; `receivedUpTo` is the last seq that a verified receipt covers. */
export function sceneOf({ phase }: Session, receivedUpTo: number): Scene {
	switch (phase.at) {
		case 'capturing':
			return { at: phase.at, shot: phase.earlier.length + 1 }
		case 'idle':
		case 'reading':
		case 'asking-to-close':
			return { at: phase.at }
		case 'recording':
			if (phase.waited === 'too-long') return { at: 'disk-trouble', trouble: 'no-answer', unfinished: true }
			return { at: phase.at, slow: phase.waited === 'long' }
		case 'confirming':
		case 'rejected':
			return { at: phase.at, cause: phase.cause }
		case 'recorded': {
			const { acta, reading } = phase
			const table = reading === null ? null : tableOf(reading)
			return { at: 'recorded', number: acta.number, table, received: acta.seq <= receivedUpTo }
		}
		case 'already-scanned':
			return { at: phase.at, number: phase.acta.number, table: tableOf(phase.reading) }
		case 'conflict':
			return {
				at: phase.at,
				number: phase.acta.number,
				other: phase.other.number,
				table: tableOf(phase.reading),
			}
		case 'fault':
			return { at: phase.at, device: phase.device, fault: phase.fault }
		case 'disk-trouble':
			return { at: phase.at, trouble: diskTroubleOf(phase.fault), unfinished: phase.unfinished !== null }
		case 'closing':
			return { at: phase.at, slow: phase.slow }
		case 'closed':
			return { at: phase.at, head: shownHead(phase.day), page: phase.page }
		case 'technician':
			return { at: phase.at, page: phase.page }
		default:
			return unreachable(phase)
	}
}

function tableOf({ acta }: ActaReading): Table {
	return { centro: acta.centro, mesa: acta.mesa, votes: totalVotes(acta) }
}

export function diskTroubleOf({ code }: Fault): DiskTrouble {
	switch (code) {
		case 'disk-full':
			return 'full'
		case 'no-inodes':
		case 'read-only':
			return code
		default:
			return 'failing'
	}
}
