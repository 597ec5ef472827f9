/** Does what a session asks for, with the devices, and says what came of it. */
import type { Camera } from '../capture/camera.ts'
import type { Journal } from '../journal/journal.ts'
import { codeOf } from '../panel/head-code.ts'
import { type Result, unreachable } from '../platform/result.ts'
import { readFrames } from '../reading/read-frames.ts'
import type { Reader } from '../reading/reading.ts'
import type { DiskState, Storage } from './recording/disk.ts'
import type { Recorder, RecordingFault } from './recording/recorder.ts'
import type { Effect, Input } from './session/session-types.ts'
import type { TechnicianView } from './technician-view.ts'
import type { UplinkWatcher } from './uplink-watcher.ts'

export interface DoingParts {
	readonly camera: Camera
	readonly reader: Reader
	readonly journal: Journal
	readonly recorder: Recorder
	readonly storage: Storage
	readonly uplink: UplinkWatcher
	readonly view: TechnicianView
	/** Milliseconds since the first picture of the paper was asked for. */
	readonly elapsed: () => number
}

export class Doing {
	readonly #parts: DoingParts

	constructor(parts: DoingParts) {
		this.#parts = parts
	}

	/** Undefined where nothing is to be said of it. */
	async do(effect: Effect): Promise<Input | undefined> {
		const { camera, reader, journal, recorder, storage, uplink, view, elapsed } = this.#parts
		switch (effect.do) {
			case 'capture': {
				const [disk, frames] = await Promise.all([storage.look(), camera.capture()])
				if (disk.at !== 'ready') return { type: 'disk', disk }
				return frames.ok
					? { type: 'captured', frames: frames.value }
					: { type: 'not-captured', fault: frames.fault }
			}
			case 'read': {
				const reading = await readFrames(reader, effect.frames)
				const known = reading.kind === 'acta' ? journal.actas.find(reading.acta.code, reading.text) : []
				return { type: 'read', reading, known, elapsed: elapsed() }
			}
			case 'record': {
				const recorded = await recorder.record(effect.frames, effect.reading)
				return recorded.ok
					? { type: 'recorded', acta: recorded.value }
					: { type: 'not-recorded', device: recorded.fault.device, fault: recorded.fault }
			}
			case 'release':
				await camera.release(effect.outcome)
				return undefined
			case 'look':
				return { type: 'disk', disk: await storage.look() }
			case 'mend': {
				const disk = await storage.mend(effect.fault, effect.unfinished)
				if (disk.at === 'broken') return { type: 'disk', disk }
				// The mark of this start, if the disk did not take it then.
				const booted = await recorder.recordBoot()
				return { type: 'disk', disk: diskAfter(booted, disk) }
			}
			case 'close': {
				const closed = await recorder.close(uplink.upto)
				return closed.ok
					? { type: 'closed', day: { head: closed.value, code: await codeOf(closed.value) } }
					: { type: 'not-closed', device: closed.fault.device, fault: closed.fault }
			}
			case 'examine':
				return { type: 'examined', pages: await view.look(effect.topic) }
			default:
				return unreachable(effect)
		}
	}
}

/** Of what kept the mark of this start from being recorded only the disk is waited for. */
export function diskAfter(booted: Result<true, RecordingFault>, disk: DiskState): DiskState {
	return booted.ok || booted.fault.device !== 'storage' ? disk : { at: 'broken', fault: booted.fault }
}
