/** An archive that a person named: a folder, or an address of the web. */
import { type ArchiveSource, FolderSource } from '../mirroring/archive-source.ts'
import { BandwidthCap } from '../mirroring/bandwidth-cap.ts'
import { HttpSource } from '../mirroring/http-source.ts'
import { systemClock } from '../platform/clock.ts'
import { CommandRefused, exit } from './exit.ts'

export function isAddress(text: string): boolean {
	return /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
}

/** `limit`: kilobytes a second, of an address. Throws a CommandRefused. */
export function sourceAt(named: string, limit?: number): ArchiveSource {
	if (!isAddress(named)) return new FolderSource(named)
	const cap = limit === undefined ? null : new BandwidthCap(limit * 1000, systemClock)
	const source = HttpSource.at(named, { clock: systemClock, random: Math.random, cap })
	if (!source.ok) throw new CommandRefused(exit.usedWrongly, source.fault.detail)
	return source.value
}
