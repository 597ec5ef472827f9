/** What enrolment refuses, by commands, to a kiosk whose clock says 1970. */
import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Desk, desks, in1970 } from '../support/desk.ts'
import { clockFrom, withoutFaketime } from '../support/fake-time.ts'
import { temporaryFolderOf } from '../support/temporary-folder.ts'

describe.skipIf(withoutFaketime !== null)(`refused at 1970, with the reason ${withoutFaketime ?? ''}`, () => {
	let clear: () => Promise<void>
	let laptop: Desk
	let kiosk: Desk
	let words: string
	let rootWords: string

	beforeAll(async () => {
		const home = await temporaryFolderOf((gone) => {
			clear = gone
		})
		;({ laptop, kiosk } = await desks(home, in1970))
		rootWords = (await laptop.gets('ca', 'init', '--dir', 'ca', '--days', '30'))[2] ?? ''
		words = (await kiosk.gets('enrol', 'request', '--dir', 'identity')).at(-1) ?? ''
		await laptop.gets(...signing(kiosk.path('identity/request.txt')), '--out', 'response.pem')
	}, 120_000)
	afterAll(() => clear())

	const signing = (request: string, authority = 'ca') =>
		['ca', 'sign', request, '--dir', authority, '--words', words] as const
	const installing = (response: string) =>
		['enrol', 'install', response, '--dir', 'identity', '--root-words', rootWords] as const

	test('a swapped request: its words are not those of the kiosk', async () => {
		await kiosk.gets('enrol', 'request', '--dir', 'thief')
		const swapped = await laptop.types(...signing(kiosk.path('thief/request.txt')))
		expect(swapped).toMatchObject({ status: 1, err: expect.stringContaining('words-differ') })
	})

	test('a foreign campaign, and a foreign certificate among those of ours', async () => {
		await laptop.gets('ca', 'init', '--dir', 'other')
		await laptop.gets(...signing(kiosk.path('identity/request.txt'), 'other'), '--out', 'foreign.pem')
		const foreign = await kiosk.types(...installing(laptop.path('foreign.pem')))
		expect(foreign).toMatchObject({ status: 1, err: expect.stringContaining('foreign-root') })

		const certificates = async (name: string) =>
			(await readFile(laptop.path(name), 'utf8')).split(/(?<=-----END CERTIFICATE-----\n)/)
		const [, ...ours] = await certificates('response.pem')
		const [theirs] = await certificates('foreign.pem')
		await writeFile(laptop.path('mixed.pem'), [theirs, ...ours].join(''))
		const mixed = await kiosk.types(...installing(laptop.path('mixed.pem')))
		expect(mixed).toMatchObject({ status: 1, err: expect.stringContaining('foreign-certificate') })
	})

	test('an expired campaign, at the laptop and at a kiosk whose clock goes right', async () => {
		const ahead = clockFrom('2040-01-01 00:00:00')
		const late = await new Desk(laptop.folder, ahead).types(...signing(kiosk.path('identity/request.txt')))
		expect(late).toMatchObject({ status: 1, err: expect.stringContaining('certificate-expired') })
		const installed = await new Desk(kiosk.folder, ahead).types(...installing(laptop.path('response.pem')))
		expect(installed).toMatchObject({ status: 1, err: expect.stringContaining('certificate-expired') })
	})

	test('a laptop at 1970', async () => {
		const unset = await new Desk(laptop.folder, in1970).types(...signing(kiosk.path('identity/request.txt')))
		expect(unset).toMatchObject({ status: 3, err: expect.stringContaining('clock is wrong') })
	})
})
