/** What a technician sees of a kiosk on its own display: looked at when it is asked for. */
import { networkInterfaces } from 'node:os'
import type { Camera, Frame } from '../capture/camera.ts'
import type { Journal } from '../journal/journal.ts'
import type { TechnicianPage, TestShot } from '../panel/status.ts'
import { type Clock, pause } from '../platform/clock.ts'
import { software } from '../platform/process/software.ts'
import { unreachable } from '../platform/result.ts'
import { measurePicture } from '../reading/picture-measure.ts'
import type { Disk } from './recording/disk.ts'
import type { TechnicianTopic } from './session/session-types.ts'
import type { UplinkWatcher } from './uplink-watcher.ts'

/** Of entries, receipts and heads: `v` in each of them. */
const format = 1

export interface TechnicianParts {
	readonly journal: Journal
	readonly uplink: UplinkWatcher
	readonly disk: Disk
	readonly camera: Camera
	readonly clock: Clock
	/** Milliseconds after which a camera has not answered. */
	readonly timeoutMs: number
}

export class TechnicianView {
	readonly #parts: TechnicianParts

	constructor(parts: TechnicianParts) {
		this.#parts = parts
	}

	/** The pages of a topic, one at least. Records nothing. */
	async pagesOf(topic: TechnicianTopic): Promise<readonly TechnicianPage[]> {
		const { journal, uplink, disk } = this.#parts
		switch (topic) {
			case 'device':
				return [{ page: topic, device: journal.device.id }]
			case 'versions':
				return [{ page: topic, software, format }]
			case 'network':
				return [{ page: topic, addresses: addresses() }]
			case 'counts': {
				const entries = journal.tail?.seq ?? 0
				const confirmed = Math.min(entries, uplink.upto)
				return [{ page: topic, entries, confirmed, setAside: uplink.setAside }]
			}
			case 'storage':
				return [{ page: topic, ...(await disk.room()) }]
			case 'camera':
				return (await this.#tryCameras()).map((shot) => ({ page: topic, shot }))
			case 'test':
				return [{ page: topic }]
			default:
				return unreachable(topic)
		}
	}

	/** A shot of each camera. What a scanner's folder holds stays there: it is a paper yet to be recorded. */
	async #tryCameras(): Promise<readonly TestShot[]> {
		const { camera, clock, timeoutMs } = this.#parts
		const over = new AbortController()
		const shots = await Promise.race([camera.capture(), pause(clock, timeoutMs, over.signal)])
		over.abort()
		const taken = shots?.ok ? shots.value : []
		const missing = (camera.roles ?? []).filter((role) => !taken.some((frame) => frame.role === role))
		const pictures = await Promise.all(taken.map(measured))
		const gone = missing.map((role): TestShot => ({ kind: 'missing', role }))
		if (pictures.length + gone.length > 0) return [...pictures, ...gone]
		const nothingNew = shots !== undefined && !shots.ok && shots.fault.code === 'nothing-there'
		return [nothingNew ? { kind: 'nothing-new' } : { kind: 'missing', role: null }]
	}
}

async function measured({ role, bytes }: Frame): Promise<TestShot> {
	const measure = await measurePicture(bytes)
	if (!measure.ok) return { kind: 'unreadable', role, bytes: bytes.length }
	return { kind: 'picture', role, bytes: bytes.length, ...measure.value }
}

/** Those that others can reach, IPv4 first: most kiosks have none. */
function addresses(): readonly string[] {
	const all = Object.values(networkInterfaces()).flatMap((found) => found ?? [])
	const outer = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
	return outer.toSorted((a, b) => a.family.localeCompare(b.family)).map(({ address }) => address)
}
