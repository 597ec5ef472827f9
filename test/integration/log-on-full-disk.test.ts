import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { journalSummary } from '#src/journal/journal-summary.js'
import { actaText, qrPicture } from '../reading/qr-picture.ts'
import { RunningProcess, testigo } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

test.each(['terminal', 'none'])(
	'a kiosk whose log and display (%s) go to a full disk goes on recording',
	async (panel) => {
		const directory = await temporaryFolder()
		const path = (name: string) => join(directory, name)
		await testigo('enrol', 'request', '--dir', path('device'))
		mkdirSync(path('inbox'))
		writeFileSync(path('inbox/acta.png'), await qrPicture(actaText))
		const folders = ['--identity', path('device'), '--journal', path('journal'), '--inbox', path('inbox')]
		const others = ['--state', path('state.json'), '--uplink', path('uplink'), '--button', 'none']
		const kiosk = RunningProcess.testigo(['kiosk', ...folders, ...others, '--panel', panel], {
			log: '/dev/full',
		})
		onTestFinished(() => kiosk.stop())
		await until(async () => (await journalSummary(path('journal')))?.actas === 1)
		expect(kiosk.ended).toBe(false)
	},
)
