import { Command } from 'commander'
import { closedPages } from '../panel/closing-screens.ts'
import { usualSize, withCode } from '../panel/code-in-text.ts'
import { codeOf } from '../panel/head-code.ts'
import { type AttendedOptions, attended, withKioskOptions } from './attended.ts'
import { custodyNotTruth } from './custody.ts'

/** For a kiosk without a button; the kiosk shows the closed day when it is started again. */
export function closeCommand(): Command {
	return withKioskOptions(
		new Command('close').description('Close the day of a stopped kiosk: sign the end of its journal'),
	).action(run)
}

async function run(options: AttendedOptions): Promise<void> {
	const signed = await attended(options, async ({ recorder, received }) => {
		const booted = await recorder.recordBoot()
		return booted.ok ? await recorder.close(received.upto) : booted
	})
	const lines = [...closedPages(signed.head, false).flat(), '', signed.text, '', custodyNotTruth]
	const { isTTY, rows = usualSize.rows, columns = usualSize.columns } = process.stdout
	const drawn = isTTY ? withCode([], 0, await codeOf(signed), { rows, columns }) : []
	process.stdout.write(`${[...lines, ...drawn].join('\n')}\n`)
}
