/** What a kiosk says of itself, from where it stands. Pure. */

import type { KioskCondition } from '../handover/kiosk-condition.ts'
import type { Connection, Scene } from '../panel/status.ts'
import { printable } from '../platform/printable.ts'
import type { Fault } from '../platform/result.ts'
import type { Phase } from './session/session-types.ts'

export type OwnCondition = Pick<KioskCondition, 'canScan' | 'trouble' | 'detail' | 'actas'>

export interface ConditionSources {
	readonly phase: Phase
	readonly scene: Scene
	/** Why the camera took no picture when it was last asked; null when it did. */
	readonly cameraFault: Fault | null
	/** Cameras that are tried again, where the camera reports them. */
	readonly away: readonly number[] | undefined
	readonly actas: KioskCondition['actas']
}

interface Matter {
	readonly device: string
	readonly fault: Fault
}

export function conditionOf({ actas, ...standing }: ConditionSources): OwnCondition {
	const impediment = impedimentOf(standing)
	const matter = impediment ?? awayOf(standing)
	return {
		canScan: impediment === null,
		trouble: matter === null ? null : printable(`${matter.device} ${matter.fault.code}`, 64),
		detail: matter === null ? null : printable(matter.fault.detail, 400),
		actas,
	}
}

/** In one line for people. */
export function describeCondition(
	{ canScan, trouble, detail, actas }: OwnCondition,
	connection: Connection,
): string {
	const matter = trouble === null ? '' : `: ${trouble}: ${detail}`
	const scans = canScan ? 'can scan' : "can't scan"
	return `${scans}${matter}; ${actas.recorded} recorded, ${actas.received} received, ${connection}`
}

/** What keeps every paper from being recorded; null while nothing does. */
function impedimentOf({ phase, scene, cameraFault, away }: Omit<ConditionSources, 'actas'>): Matter | null {
	if (phase.at === 'technician') return matterOf('kiosk', 'technician', 'a technician looks at its screens')
	if (scene.at === 'starting') return matterOf('kiosk', 'starting', 'it is being started')
	if (phase.at === 'disk-trouble') return { device: 'disk', fault: phase.fault }
	if (scene.at === 'disk-trouble') return matterOf('disk', 'no-answer', 'the disk does not answer')
	if (scene.at === 'fault') return { device: scene.device, fault: scene.fault }
	// A rig whose cameras came back between two papers says so.
	return cameraFault === null || away?.length === 0 ? null : { device: 'camera', fault: cameraFault }
}

function awayOf({ away = [] }: Pick<ConditionSources, 'away'>): Matter | null {
	return away.length === 0 ? null : matterOf('camera', 'away', `camera ${away.join(', ')} is tried again`)
}

function matterOf(device: string, code: string, detail: string): Matter {
	return { device, fault: { code, detail } }
}
