import { Command } from 'commander'
import { begunSpares, placesOfSpare } from '../enrolment/day-identities.ts'
import type { CentreList } from '../evidence/authority/centre-list.ts'
import { readCentreList } from '../evidence/authority/pinned-centre.ts'
import { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { printable } from '../platform/printable.ts'
import { type ExportOptions, type ExportReport, exportJournal } from '../stick/export.ts'
import type { ReceiptsHome } from '../stick/receipts-home.ts'
import { receiptsKeeper } from '../stick/receipts-keeper.ts'
import { asOwnerOf, readBefore } from './as-owner.ts'
import { configure } from './configuration.ts'
import { CommandRefused, exit } from './exit.ts'
import { mountedStick } from './mounted-stick.ts'
import { printJson, printLines } from './output.ts'
import { type ProgressLine, startProgress } from './progress.ts'
import { custodyNotTruth } from './proof-lines.ts'

interface Options {
	readonly config?: string
	readonly journal?: string
	readonly uplink?: string
	readonly centreId?: string
	readonly centreKey?: string
	readonly root?: string
	readonly anyFolder?: true
	readonly json?: true
}

export function exportCommand(): Command {
	return new Command('export')
		.description("Copy the kiosk's journal to a USB stick, and take home the receipts that lie on it")
		.argument('<stick>', 'where the stick is mounted')
		.option(
			'--config <file>',
			"the kiosk's configuration (default: /etc/testigo/kiosk.json where there is one)",
		)
		.option('--journal <dir>', 'what is copied; only read')
		.option('--uplink <dir>', "the uplink's own directory: receipts go there")
		.option('--centre-id <id>', 'whose receipts are taken home')
		.option('--centre-key <file>', 'and its public key, or with --root its certificate')
		.option('--root <file>', "the root that the centre's certificate must chain to, instead of --centre-id")
		.option('--any-folder', "also into a folder on the journal's own disk, where no stick is")
		.option('--json', 'print one JSON object for each identity, a line each')
		.action(run)
}

async function run(stick: string, options: Options): Promise<void> {
	const { journal, uplink, anyFolder = false, json = false } = options
	const config = await configure(KioskConfig, {
		file: options.config,
		usual: '/etc/testigo/kiosk.json',
		flags: {
			journal,
			uplink,
			centre: { id: options.centreId, publicKey: options.centreKey, root: options.root },
		},
	})
	const pinned = await readBefore([config.centre?.publicKey, config.centre?.root], () => centresOf(config))
	const { mounted } = await mountedStick(stick)
	const keeper = await receiptsKeeper(config.uplink)
	try {
		await asOwnerOf(config.journal)
		const centres = await pinned()
		// All identities of this machine, also those that have ended: a stick is often the only way to the centre.
		const spares = config.identities === 'daily' ? await begunSpares(config.journal) : []
		for (const spare of [null, ...spares]) {
			const { journal, uplink } = spare === null ? config : placesOfSpare(config, spare)
			const home = centres === null ? null : { centres, directory: uplink, keep: keeper.keepFor(spare) }
			await exportOne(
				{ journal, stick, home, anyFolder, ...(mounted === undefined ? {} : { mounted }) },
				json,
			)
		}
	} finally {
		keeper.end()
		await mounted?.close()
	}
}

async function exportOne(from: ExportOptions, json: boolean): Promise<void> {
	let bar: ProgressLine | undefined
	const progress = (done: number, total: number) => {
		bar ??= startProgress('images', total)
		bar.show(done)
	}
	const copied = await exportJournal({
		...from,
		...(process.stderr.isTTY ? { progress } : {}),
	})
	bar?.end()
	if (!copied.ok) {
		const { code, detail } = copied.fault
		if (json) printJson({ fault: copied.fault })
		throw new CommandRefused(statusOf(code), detail)
	}
	const report = copied.value
	const receipts = report.receipts && {
		...report.receipts,
		refused: Object.fromEntries(report.receipts.refused),
	}
	if (json) printJson({ ...report, receipts, note: custodyNotTruth })
	else printLines(...linesOf(report), custodyNotTruth)
	const wrong = report.faults.length > 0 || report.unreadable > 0 || (report.receipts?.refused.size ?? 0) > 0
	if (wrong) process.exitCode = exit.foundWrong
}

async function centresOf({ centre }: KioskConfig): Promise<CentreList | null> {
	if (centre === undefined) return null
	const read = await readCentreList(centre)
	if (!read.ok) throw new CommandRefused(exit.environmentFailed, `centre: ${read.fault.detail}`)
	return read.value
}

function statusOf(code: string): number {
	return code === 'refused' || code === 'not-read-back' ? exit.foundWrong : exit.environmentFailed
}

function linesOf({
	device,
	folder,
	lines,
	unreadable,
	appended,
	images,
	readFrom,
	...report
}: ExportReport): string[] {
	const { receipts, faults } = report
	const how =
		readFrom === 'stick' ? 'Read back from the stick' : 'Read back, as far as this file system lets tell'
	return [
		`${device}: ${lines} entries on the stick, ${appended === 0 ? 'none of them new' : `${appended} bytes of them new`}.`,
		`Images: ${images.named} named, ${images.copied} copied, ${images.there} there before.`,
		...(receipts === null ? [] : [receiptsLine(receipts)]),
		...(unreadable === 0
			? []
			: [`WRONG: ${unreadable} lines of the journal are no entries; run testigo verify`]),
		...faults.slice(0, mostShown).map(({ code, detail }) => `WRONG: ${code}: ${printable(detail, 200)}`),
		...(faults.length > mostShown ? [`… and ${faults.length - mostShown} more`] : []),
		`${how} and whole, in testigo/${folder}. It can be pulled out now.`,
	]
}

function receiptsLine({ held, refused, upto }: ReceiptsHome): string {
	const wrong = [...refused].map(([code, count]) => `; REFUSED ${count}: ${code}`).join('')
	return `Receipts brought by sticks: ${held}; the centre holds all entries up to ${upto}${wrong}.`
}

/** More lines nobody reads; `--json` has all. */
const mostShown = 20
