/** Does what a session asks for, with the devices, and says what came of it. */
import { codeBesideCounts } from '../acta/payload.ts'
import type { Camera, Frame } from '../capture/camera.ts'
import type { SignedHead } from '../evidence/head.ts'
import type { Identity } from '../evidence/identity.ts'
import type { Journal } from '../journal/journal.ts'
import { codeOf } from '../panel/head-code.ts'
import { type Result, unreachable } from '../platform/result.ts'
import { readFrames } from '../reading/combine.ts'
import type { Reader } from '../reading/reading.ts'
import type { Disk } from './recording/disk.ts'
import type { Recorder, RecordingFault } from './recording/recorder.ts'
import type { ClosedDay, DiskState, Effect, Input } from './session/session-types.ts'
import type { TechnicianView } from './technician-view.ts'
import type { UplinkWatcher } from './uplink-watcher.ts'

export interface EffectRunnerParts {
	readonly camera: Camera
	readonly reader: Reader
	readonly journal: Journal
	readonly recorder: Recorder
	readonly disk: Disk
	readonly uplink: UplinkWatcher
	readonly view: TechnicianView
	readonly daily?: DailyIdentities
	/** Milliseconds since the first picture of the paper was asked for. */
	readonly elapsed: () => number
}

export class EffectRunner {
	readonly #parts: EffectRunnerParts
	/** Acta codes that were read of a picture whose counts were not. */
	readonly #codes = new WeakMap<Frame, string>()

	constructor(parts: EffectRunnerParts) {
		this.#parts = parts
	}

	/** Null where none was read, or several: then nobody knows which is meant. */
	#codeOf(frames: readonly Frame[]): string | null {
		const codes = new Set(frames.flatMap((frame) => this.#codes.get(frame) ?? []))
		const [code = null] = codes
		return codes.size === 1 ? code : null
	}

	/** What came of it; undefined where that is nothing. */
	async run(effect: Effect): Promise<Input | undefined> {
		const { camera, reader, journal, recorder, disk, uplink, view, daily, elapsed } = this.#parts
		switch (effect.do) {
			case 'capture': {
				const [state, frames] = await Promise.all([disk.check(), camera.capture()])
				if (state.at !== 'ready') return { type: 'disk', disk: state }
				return frames.ok
					? { type: 'captured', frames: frames.value }
					: { type: 'not-captured', fault: frames.fault }
			}
			case 'read': {
				const reading = await readFrames(reader, effect.frames)
				const code = reading.kind === 'foreign' ? codeBesideCounts(reading.text, reading.fault) : null
				if (code !== null) for (const frame of effect.frames) this.#codes.set(frame, code)
				const known = reading.kind === 'acta' ? journal.actas.find(reading.acta.code, reading.text) : []
				return { type: 'read', reading, known, elapsed: elapsed() }
			}
			case 'record': {
				const recorded = await recorder.record(effect.frames, effect.reading, this.#codeOf(effect.frames))
				return recorded.ok
					? { type: 'recorded', acta: recorded.value }
					: { type: 'not-recorded', device: recorded.fault.device, fault: recorded.fault }
			}
			case 'release':
				await camera.release(effect.outcome)
				return undefined
			case 'check-disk':
				return { type: 'disk', disk: await disk.check() }
			case 'mend-disk': {
				const state = await disk.mend(effect.fault, effect.unfinished)
				if (state.at === 'broken') return { type: 'disk', disk: state }
				// The mark of this start, if the disk did not take it then.
				const booted = await recorder.recordBoot()
				return { type: 'disk', disk: diskAfter(booted, state) }
			}
			case 'close': {
				const closed = await recorder.close(uplink.upto)
				return closed.ok
					? { type: 'closed', day: await closedDayOf(closed.value, daily) }
					: { type: 'not-closed', device: closed.fault.device, fault: closed.fault }
			}
			case 'read-topic':
				return { type: 'topic-pages', pages: await view.pagesOf(effect.topic) }
			default:
				return unreachable(effect)
		}
	}
}

/** A kiosk whose identity ends with its day. */
export interface DailyIdentities {
	/** Identities that are left. */
	readonly spares: number
	/** Whose closed day is shown as long as this identity has recorded nothing; null where there was none. */
	readonly before: { readonly journal: string; readonly device: Identity } | null
	/** Starts the kiosk anew, as the next identity; null where none follows. */
	readonly renew: (() => void) | null
}

export async function closedDayOf(head: SignedHead, daily: DailyIdentities | undefined): Promise<ClosedDay> {
	const spares = daily === undefined ? {} : { spares: daily.spares }
	return { head, code: await codeOf(head), ...spares }
}

/** Of what kept the mark of this start from being recorded only the disk is waited for. */
export function diskAfter(booted: Result<true, RecordingFault>, disk: DiskState): DiskState {
	return booted.ok || booted.fault.device !== 'storage' ? disk : { at: 'broken', fault: booted.fault }
}
