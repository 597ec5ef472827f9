import type { Fault } from '../../platform/result.ts'
import type { KioskLog } from '../events.ts'

/** For devices that report their troubles: each one is logged, and that it is over is not. */
export function logTrouble(device: string, log: KioskLog): (fault: Fault | null) => void {
	return (fault) => {
		if (fault !== null) log({ event: 'trouble', device, fault })
	}
}
