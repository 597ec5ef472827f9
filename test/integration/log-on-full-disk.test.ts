import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { journalSummary } from '#src/journal/journal-summary.js'
import { actaText, qrPicture } from '../reading/qr-picture.ts'
import { inDirectory } from '../support/in-directory.ts'
import { testigo } from '../support/processes.ts'

const program = fileURLToPath(new URL('../../dist/cli/testigo.js', import.meta.url))

test.each(['terminal', 'none'])(
	'a kiosk whose log and display (%s) go to a full disk goes on recording',
	{ timeout: 120_000 },
	(panel) =>
		inDirectory(async (directory) => {
			const path = (name: string) => join(directory, name)
			await testigo('enrol', 'request', '--dir', path('device'))
			mkdirSync(path('inbox'))
			writeFileSync(path('inbox/acta.png'), await qrPicture(actaText))
			const full = openSync('/dev/full', 'w')
			const folders = ['--identity', path('device'), '--journal', path('journal'), '--inbox', path('inbox')]
			const others = ['--state', path('state.json'), '--uplink', path('uplink'), '--button', 'none']
			const child = spawn(process.execPath, [program, 'kiosk', ...folders, ...others, '--panel', panel], {
				stdio: ['ignore', full, 'inherit'],
			})
			closeSync(full)
			try {
				const isRecorded = async () => (await journalSummary(path('journal')))?.actas === 1
				await vi.waitUntil(isRecorded, { timeout: 120_000, interval: 50 })
				expect(child.exitCode).toBeNull()
			} finally {
				if (child.exitCode === null && child.signalCode === null) {
					child.kill('SIGTERM')
					await once(child, 'exit')
				}
			}
		}),
)
