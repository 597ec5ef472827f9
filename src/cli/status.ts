import { statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Command } from 'commander'
import { allPlaces, currentIdentity, type IdentityPlaces } from '../enrolment/day-identities.ts'
import { conditionPath, type KioskCondition, readKioskCondition } from '../handover/kiosk-condition.ts'
import { readUplinkState, stateFile } from '../handover/uplink-state.ts'
import { type JournalSummary, journalSummary } from '../journal/journal-summary.ts'
import { type ClockSource, clockSource } from '../platform/clock-source.ts'
import { printable } from '../platform/printable.ts'
import { software } from '../platform/process/software.ts'
import { carriedFile, lastCarried } from '../receipts/carried-receipts.ts'
import { readUnverified } from '../receipts/verify-receipt.ts'
import { readInstalled } from '../settings/installed-settings.ts'
import type { ParkedEntry } from '../uplink/queue/parked-entries.ts'
import { asOwnerOf, readBefore } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'
import { printJson, printLines } from './output.ts'

interface Options {
	readonly journal: string
	readonly identity: string
	readonly uplink: string
	readonly condition: string
	readonly json?: true
}

/** What a technician asks first. Nothing here is verified: `testigo verify` does that. */
interface Report {
	readonly software: string
	/** How the kiosk does, as it says itself; null for one that does not run, or runs apart from systemd. */
	readonly kiosk: Pick<KioskCondition, 'canScan' | 'trouble' | 'detail' | 'software'> | null
	/** Where this machine's time of day is from. */
	readonly clock: ClockSource
	readonly device: string | null
	/** The number of the campaign's settings that were put in last; null for none, or none that can be read. */
	readonly settings: number | null
	readonly entries: number
	readonly actas: number
	readonly unread: number
	/** Entries that the latest receipt covers, as uplink or stick brought it. */
	readonly received: number
	readonly waiting: number
	/** The day on which the oldest entry that waits was recorded, as far as its clock knew. */
	readonly oldestWaiting: string | null
	readonly uplink: {
		readonly connected: boolean
		readonly since: string | null
		/** What the centre keeps no more of for now: this device's quota there is full. */
		readonly paused: 'all' | 'images' | null
		readonly trouble: string | null
	} | null
	readonly setAside: number
	/** The first of what is set aside, and why. */
	readonly reasons: readonly ParkedEntry[]
	readonly conflicts: number
	/** Bytes. */
	readonly freeSpace: number
	/** Of a machine whose identity ends with its day. */
	readonly ended?: readonly EndedIdentity[]
}

interface EndedIdentity {
	readonly device: string | null
	readonly entries: number
	readonly received: number
}

export function statusCommand(): Command {
	return new Command('status')
		.description('Say what this kiosk holds, what the centre has confirmed, and what waits')
		.option('--journal <dir>', "the kiosk's journal", '/var/lib/testigo/journal')
		.option('--identity <dir>', 'the identity, with the settings of its campaign', '/etc/testigo/identity')
		.option('--uplink <dir>', "the uplink's own directory", '/var/lib/testigo/uplink')
		.option('--condition <file>', 'where the kiosk says how it does', conditionPath)
		.option('--json', 'print one JSON object')
		.action(async ({ condition, json, ...named }: Options) => {
			const kiosk = join(dirname(resolve(named.identity)), 'kiosk.json')
			const { identity } = named
			const settings = await readBefore([identity, kiosk], () => readInstalled({ identity, kiosk }))
			await asOwnerOf(named.journal, named.uplink, condition)
			// Who records now stands in a file of the kiosk's, which root does not open.
			const first = { ...named, state: '' }
			const now = await currentIdentity(first)
			if (!now.ok) throw new CommandRefused(exit.environmentFailed, printable(now.fault.detail, 300))
			const { journal, uplink } = now.value.places
			const summary = await journalSummary(journal).catch((error: Error) => {
				throw new CommandRefused(exit.environmentFailed, `${journal}: can't be read (${error.message})`)
			})
			if (summary === null) {
				throw new CommandRefused(
					exit.environmentFailed,
					`${journal}: there is no journal here; name it with --journal`,
				)
			}
			const read = await readUplinkState(join(uplink, stateFile))
			const carried = await lastCarried(join(uplink, carriedFile), { failed: () => {} })
			const installed = await settings()
			const { bavail, bsize } = await statfs(journal)
			const report = reportOf(summary, {
				read,
				carried,
				settings: installed.ok ? (installed.value.at(-1)?.number ?? null) : null,
				freeSpace: bavail * bsize,
				kiosk: await readKioskCondition(condition, Date.now()),
				clock: await clockSource(),
				ended: await endedBefore(first, journal),
			})
			if (json) printJson(report)
			else printLines(...linesOf(report))
			// A journal without an entry was emptied, or is another's folder: that is not well.
			process.exitCode = report.entries === 0 ? exit.foundWrong : exit.done
		})
}

/** What identities hold that ended with their day; empty for a machine that has one. */
async function endedBefore(first: IdentityPlaces, now: string): Promise<readonly EndedIdentity[]> {
	const all = (await allPlaces(first)).filter(({ journal }) => journal !== now)
	const ended = all.map(async ({ journal, uplink }): Promise<EndedIdentity[]> => {
		const summary = await journalSummary(journal).catch(() => null)
		if (summary === null) return []
		const read = await readUplinkState(join(uplink, stateFile))
		const carried = await lastCarried(join(uplink, carriedFile), { failed: () => {} })
		const claimed = [read.ok ? read.value.latestReceipt : null, ...carried].map(receivedOf)
		const { entries, last } = summary
		return [{ device: last?.device ?? null, entries, received: Math.min(entries, Math.max(...claimed)) }]
	})
	return (await Promise.all(ended)).flat()
}

interface Found {
	readonly ended: readonly EndedIdentity[]
	readonly read: Awaited<ReturnType<typeof readUplinkState>>
	readonly carried: readonly string[]
	readonly settings: number | null
	readonly freeSpace: number
	readonly kiosk: KioskCondition | null
	readonly clock: ClockSource
}

function reportOf(
	summary: JournalSummary,
	{ read, carried, settings, freeSpace, kiosk, clock, ended }: Found,
): Report {
	const { entries, actas, unread, last, dayAt } = summary
	const state = read.ok ? read.value : null
	const claimed = [state?.latestReceipt ?? null, ...carried].map(receivedOf)
	const received = Math.min(entries, Math.max(...claimed))
	const waiting = Math.max(0, entries - received)
	return {
		software,
		kiosk: kiosk && {
			canScan: kiosk.canScan,
			trouble: kiosk.trouble,
			detail: kiosk.detail,
			software: kiosk.software,
		},
		clock,
		device: last?.device ?? null,
		settings,
		...{ entries, actas, unread, received, waiting },
		oldestWaiting: waiting === 0 ? null : dayAt(received + 1),
		uplink: uplinkOf(read),
		setAside: state?.setAsideCount ?? 0,
		reasons: state?.setAside ?? [],
		conflicts: state?.conflicts.length ?? 0,
		freeSpace,
		...(ended.length === 0 ? {} : { ended }),
	}
}

/** A file that can't be read is the uplink's trouble; where there is none, no uplink has run. */
function uplinkOf(read: Found['read']): Report['uplink'] {
	if (!read.ok && read.fault.code === 'file-missing') return null
	const { connected, since, paused, lastError } = read.ok
		? read.value
		: { connected: false, since: null, paused: null, lastError: read.fault }
	return {
		connected,
		since,
		paused,
		trouble: lastError === null ? null : `${lastError.detail} (${lastError.code})`,
	}
}

function receivedOf(latest: string | null): number {
	return latest === null ? 0 : (readUnverified(latest)?.upto?.seq ?? 0)
}

/** Of what is set aside; the JSON has the first hundred. */
const mostNamed = 5

const clocks: Readonly<Record<ClockSource, string>> = {
	none: 'not set since the start, and without a battery',
	rtc: 'from the battery-backed clock',
	ntp: 'from a time server',
}

function kioskLine(kiosk: Report['kiosk']): string {
	if (kiosk === null) return 'says nothing: not running, or not by its unit'
	const matter = kiosk.trouble === null ? '' : `: ${kiosk.detail} (${kiosk.trouble})`
	return `${kiosk.canScan ? 'can scan' : "can't scan"}${matter}`
}

function pausedText(paused: 'all' | 'images' | null): string {
	if (paused === null) return ''
	return `; paused: the centre keeps no more ${paused === 'all' ? '' : 'pictures '}of this kiosk for now (quota)`
}

function linesOf(report: Report): string[] {
	const { uplink } = report
	const connection =
		uplink === null
			? 'no uplink has run here'
			: `${uplink.connected ? 'connected' : 'not connected'} since ${uplink.since ?? 'its start'}${pausedText(uplink.paused)}`
	const named = report.reasons.slice(0, mostNamed).map(({ seq, reason }) => `entry ${seq}: ${reason}`)
	const reasons =
		named.length === 0 ? '' : ` (${named.join(', ')}${report.setAside > named.length ? ' …' : ''})`
	const rows = [
		['software', report.software],
		['device', report.device ?? 'none yet'],
		['settings', report.settings === null ? "none of the campaign's" : `number ${report.settings}`],
		['kiosk', kioskLine(report.kiosk)],
		['clock', clocks[report.clock]],
		[
			'entries',
			report.entries === 0
				? 'NONE: the journal was emptied, or nothing was recorded yet'
				: `${report.entries}, of which actas ${report.actas}, recorded as images only ${report.unread}`,
		],
		[
			'received',
			`${report.received}, as uplink and sticks brought it; the kiosk's display counts what it verified itself`,
		],
		['waiting', report.waiting === 0 ? 'none' : `${report.waiting}, the oldest of ${report.oldestWaiting}`],
		['uplink', connection],
		['trouble', uplink?.trouble ?? 'none'],
		['set aside', `${report.setAside}${reasons}, and ${report.conflicts} in conflict at the centre`],
		['free space', `${Math.floor(report.freeSpace / 1e6)} MB`],
		...(report.ended ?? []).map(({ device, entries, received }) => {
			return ['ended', `${device ?? 'none yet'}: ${received} of ${entries} entries received`] as const
		}),
	] as const
	return rows.map(([name, value]) => `${name.padEnd(11)} ${value}`)
}
