/** An acta whose code can be read and whose counts can't: people find it by its table. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { chooseReading } from '#src/reading/choose.js'
import { HandledKiosk, type Paper, paperOf } from '../support/handled-kiosk.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const saying = (text: string): Paper => ({
	...paperOf('01'),
	reading: chooseReading([Buffer.from(text)], presidential2024, () => ({ code: 'no-code', detail: '' })),
})

test.each([
	['the counts of another form', '121202007.01.1.0001!1,2!0!0', '121202007.01.1.0001'],
	['no code of an acta either', '12-34!María!0!0', null],
	['no acta at all', 'María Pérez, V-12.345.678', null],
])('%s', async (_, text, code) => {
	const directory = await temporaryFolder()
	const clock = new SimulatedClock()
	const kiosk = await HandledKiosk.start({ directory, signer: makeSigner('k-code'), clock })
	// Whoever handles it presses the button when it asks.
	expect(await kiosk.scan(saying(text))).toMatchObject({ event: 'recorded' })
	await kiosk.stop()
	const last = readFileSync(join(directory, 'journal', 'entries.jws'), 'utf8')
		.trimEnd()
		.split('\n')
		.at(-1)
	const { reading } = JSON.parse(Buffer.from(last?.split('.')[1] ?? '', 'base64url').toString())
	expect(reading).toEqual({ method: 'none', text: null, code })
})
