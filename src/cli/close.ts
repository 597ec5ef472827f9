import { Command } from 'commander'
import type { OfflineSession } from '../kiosk/offline-session.ts'
import { closedPages } from '../panel/closing-screens.ts'
import { printLines } from './output.ts'
import { custodyNotTruth } from './proof-lines.ts'
import { type OfflineSessionOptions, runOfflineSession, withKioskOptions } from './run-offline-session.ts'
import { type CodeOptions, showCode } from './show-code.ts'

/** For a kiosk without a button; the kiosk shows the closed day when it is started again. */
export function closeCommand(): Command {
	return withKioskOptions(
		new Command('close').description('Close the day of a stopped kiosk: sign the end of its journal'),
	)
		.option('--qr', 'draw the signed head as a QR code, also where no terminal looks on')
		.option('--png <file>', 'write that code as a picture')
		.action(run)
}

async function run({ qr, png, ...options }: OfflineSessionOptions & CodeOptions): Promise<void> {
	const close = async ({ recorder, uplink }: OfflineSession) => {
		const booted = await recorder.recordBoot()
		return booted.ok ? await recorder.close(uplink.upto) : booted
	}
	const signed = await runOfflineSession(options, close, png)
	const lines = [...closedPages(signed.head, false).flat(), '', signed.text, '', custodyNotTruth]
	printLines(...lines)
	await showCode(signed.text, { ...(qr === undefined ? {} : { qr }), ...(png === undefined ? {} : { png }) })
}
