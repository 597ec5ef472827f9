import { totalVotes } from '../acta/totals.ts'
import type { Scene, Table } from '../panel/status.ts'
import { unreachable } from '../platform/result.ts'
import type { ActaReading } from '../reading/reading.ts'
import type { Session } from './session.ts'

/** What a volunteer is shown of a session; `receivedUpTo` is the last seq that a verified receipt covers. */
export function sceneOf({ phase }: Session, receivedUpTo: number): Scene {
	switch (phase.at) {
		case 'capturing':
			return { at: phase.at, shot: phase.earlier.length + 1 }
		case 'idle':
		case 'reading':
		case 'recording':
			return { at: phase.at }
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
		default:
			return unreachable(phase)
	}
}

function tableOf({ acta }: ActaReading): Table {
	return { centro: acta.centro, mesa: acta.mesa, votes: totalVotes(acta) }
}
