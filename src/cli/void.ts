import { Command, Option } from 'commander'
import { type VoidReason, voidReasons } from '../evidence/entry.ts'
import { ok } from '../platform/result.ts'
import { wholeNumber } from './arguments.ts'
import { CommandRefused, exit } from './exit.ts'
import { printLines } from './output.ts'
import { type OfflineSessionOptions, runOfflineSession, withKioskOptions } from './run-offline-session.ts'

interface Options extends OfflineSessionOptions {
	readonly reason: VoidReason
}

export function voidCommand(): Command {
	return withKioskOptions(
		new Command('void')
			.description(
				'Mark an acta in the journal of a stopped kiosk as a mistake: nothing is deleted, it no longer counts',
			)
			.argument('<seq>', 'the number of its entry', wholeNumber(1, Number.MAX_SAFE_INTEGER))
			.addOption(
				new Option('--reason <reason>', 'goes into the public record')
					.choices(voidReasons)
					.makeOptionMandatory(),
			),
	).action(run)
}

async function run(seq: number, { reason, ...options }: Options): Promise<void> {
	const by = await runOfflineSession(options, async ({ journal, recorder }) => {
		const id = journal.idAt(seq)
		const isActa = journal.actas.countUpTo(seq) > journal.actas.countUpTo(seq - 1)
		if (id === undefined || !isActa) {
			throw new CommandRefused(
				exit.usedWrongly,
				`entry ${seq} is no acta of this journal: nothing was marked`,
			)
		}
		const booted = await recorder.recordBoot()
		if (!booted.ok) return booted
		const recorded = await recorder.recordVoid({ seq, id }, reason)
		return recorded.ok ? ok(journal.tail?.seq ?? 0) : recorded
	})
	printLines(`entry ${seq} is void (${reason}), by entry ${by}`)
}
