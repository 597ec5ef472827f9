import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Mirrored, MirrorFault } from '../mirroring/mirror.ts'
import { mirrorArchive } from '../mirroring/mirror.ts'
import { systemClock } from '../platform/clock.ts'
import { isAddress, sourceAt } from './archive-source.ts'
import { wholeNumber } from './arguments.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printJson } from './output.ts'
import { progressBars } from './progress.ts'
import { custodyNotTruth } from './proof-lines.ts'

interface Options {
	readonly images: boolean
	readonly limit?: number
}

export function mirrorCommand(): Command {
	return new Command('mirror')
		.description('keep a copy of a public archive: fetch what is new, verify all of it, then show it')
		.argument('<source>', 'a folder (on a stick, too) or the address of an archive, or of a copy of one')
		.argument('<folder>', 'the copy; empty or not there at first')
		.option('--no-images', 'leave pictures out, and nothing else')
		.option('--limit <kbytes>', 'kilobytes a second, from an address', wholeNumber(1, 10_000_000))
		.action(run)
}

async function run(named: string, folder: string, { images, limit }: Options): Promise<void> {
	const [from, to] = [named, folder].map((path) => `${resolve(path)}/`)
	if (
		!isAddress(named) &&
		from !== undefined &&
		to !== undefined &&
		(from.startsWith(to) || to.startsWith(from))
	)
		throw new CommandRefused(
			exit.usedWrongly,
			`${folder}: lies in its source, or around it; name another folder`,
		)
	await asOwnerOf(folder)
	const source = sourceAt(named, limit)
	const bar = progressBars()
	const mirrored = await mirrorArchive({
		...{ source, folder, images, clock: systemClock },
		progress: (what, done, total) => bar.show(what, done, total),
	})
	bar.end()
	if (!mirrored.ok) {
		printAside(...faultLines(mirrored.fault, folder))
		process.exitCode = statusOf(mirrored.fault)
		return
	}
	printAside(...linesOf(mirrored.value, Date.now()), custodyNotTruth)
	printJson(mirrored.value)
	process.exitCode = (mirrored.value.pictures?.altered ?? 0) > 0 ? exit.foundWrong : exit.done
}

/** Lines; `testigo verify` tells all. */
const mostFaults = 20

function faultLines(fault: MirrorFault, folder: string): string[] {
	const lines = [`${fault.detail} (${fault.code})`]
	if ('proof' in fault)
		lines.push(
			`Both texts, signed by the log, are kept in ${folder}.proof: show them to others, who verify them by testigo verify ${folder}.proof`,
		)
	if (fault.code === 'not-in-step')
		lines.push(
			'The source is being published, or a file of it was changed: try again later, or another source.',
		)
	if ('faults' in fault)
		lines.push(
			...fault.faults
				.slice(0, mostFaults)
				.map(({ code, path = '', detail }) => `FAULT ${path}: ${code}: ${detail}`),
		)
	return lines
}

function statusOf({ code }: MirrorFault): number {
	if (code === 'not-a-copy') return exit.usedWrongly
	const isMachine =
		code === 'disk-failed' || code === 'locked' || code === 'source-unreachable' || code === 'tile-unreadable'
	return isMachine ? exit.environmentFailed : exit.foundWrong
}

function linesOf(mirrored: Mirrored, nowMs: number): string[] {
	const {
		origin,
		size,
		publication,
		rehearsal,
		isUnchanged,
		isMended,
		files,
		bytes,
		pictures,
		time,
		witnesses,
	} = mirrored
	const { listed, threshold, cosigned } = witnesses
	const { cosignedSeconds } = mirrored
	const newest =
		cosignedSeconds === null ? '' : ` The newest witness signed ${ago(cosignedSeconds * 1000, nowMs)}.`
	return [
		...(rehearsal ? ['REHEARSAL: nothing here is of an election.'] : []),
		...(isMended ? ['THE COPY WAS DAMAGED, and was mended from the source.'] : []),
		isUnchanged
			? `Nothing new: the copy is whole, and has publication no. ${publication} of ${origin}, ${size} leaves.`
			: `Copied and verified: publication no. ${publication} of ${origin}, ${size} leaves; ${files} files, ${bytes} bytes.`,
		`It is of ${time ?? '(unknown)'}, ${time === null ? '' : ago(Date.parse(time), nowMs)}: a source that stands still looks old.`,
		threshold === 0
			? 'Nobody was asked to witness it.'
			: `${cosigned < threshold ? 'NOT WITNESSED' : 'Witnessed'}: by ${cosigned} of ${listed}, ${threshold} have to.${newest}`,
		pictures === null
			? 'Pictures were left out.'
			: `Pictures: ${pictures.named} public ones named, ${pictures.fetched} fetched, ${pictures.absent} absent, ${pictures.withdrawn} withdrawn.`,
		...(pictures !== null && pictures.altered > 0
			? [
					`${pictures.altered} PICTURES ARE ALTERED at the source, and were left out: fetch them from another.`,
				]
			: []),
	]
}

function ago(thenMs: number, nowMs: number): string {
	const minutes = Math.max(0, Math.round((nowMs - thenMs) / 60_000))
	if (minutes < 120) return minutes === 1 ? 'a minute ago' : `${minutes} minutes ago`
	const hours = Math.round(minutes / 60)
	return hours < 72 ? `${hours} hours ago` : `${Math.round(hours / 24)} days ago`
}
