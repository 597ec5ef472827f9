/** The list of centres that a settings code names by number and digest. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { currentCentres } from '#src/enrolment/publish-centres.js'
import { digestOfText } from '#src/evidence/authority/centre-list.js'
import { readCentreList } from '#src/evidence/authority/pinned-centre.js'
import { signSettings } from '#src/settings/settings.js'
import { now } from '../support/campaign.ts'
import { codeOf, gotten } from '../support/result.ts'
import { another, custodian, type SetKiosk, withKiosk } from './set-kiosk.ts'

const listAt = async ({ places: { identity } }: SetKiosk) =>
	gotten(await readCentreList({ publicKey: join(identity, 'centre.pem'), root: join(identity, 'root.pem') }))

/** Settings of this number that name a list of this number. */
async function naming(
	{ campaign }: SetKiosk,
	number: number,
	issue: number,
	sha256: string,
): Promise<string> {
	const time = '2026-11-23T12:00:00Z'
	return campaign.use(async ({ signer }) => {
		const named = { v: 1 as const, number, time, custodians: [custodian], centres: { issue, sha256 } }
		return (await signSettings(named, signer)).text
	})
}

test('names the newest list; a kiosk without it counts nothing until it is there', () =>
	withKiosk(async (kiosk) => {
		const { issue: before, centres } = await listAt(kiosk)
		expect([before, centres.length]).toEqual([1, 1])
		await kiosk.campaign.member('second', 'centre')
		const issued = await kiosk.issue({ custodians: [another] })
		const { settings } = gotten(await kiosk.shown(issued.code))
		const newest = await kiosk.campaign.use(async (authority) => currentCentres(authority, now))
		expect(settings.centres).toEqual({ issue: 2, sha256: digestOfText(newest?.text ?? '') })

		const awaiting = await listAt(kiosk)
		expect([awaiting.issue, awaiting.awaited]).toEqual([1, 2])
		expect(codeOf(awaiting.counted(centres[0]?.id ?? ''))).toBe('centres-awaited')
		expect(codeOf(awaiting.take(newest?.text ?? ''))).toBe('ok')
		expect(codeOf(awaiting.counted(centres[0]?.id ?? ''))).toBe('ok')
		// By enrolment, or however it comes.
		await writeFile(join(kiosk.places.identity, 'centres.jws'), `${newest?.text}\n`)
		expect((await listAt(kiosk)).awaited).toBeNull()
	}))

test('the list that is here: nothing is awaited, and the same code again is no matter', () =>
	withKiosk(async (kiosk) => {
		const { code } = await kiosk.issue({ custodians: [another] })
		for (const _ of [1, 2]) gotten(await kiosk.shown(code))
		expect(await listAt(kiosk)).toMatchObject({ issue: 1, awaited: null })
	}))

test('centres-rollback: settings that name an older list than is known', () =>
	withKiosk(async (kiosk) => {
		gotten(await kiosk.shown(await naming(kiosk, 1, 5, 'a'.repeat(64))))
		expect(await kiosk.refusal(await naming(kiosk, 2, 4, 'b'.repeat(64)))).toBe('centres-rollback')
	}))

test('centres-equivocation: settings that name another list with a number that is known', () =>
	withKiosk(async (kiosk) => {
		expect(await kiosk.refusal(await naming(kiosk, 1, 1, 'a'.repeat(64)))).toBe('centres-equivocation')
		gotten(await kiosk.shown(await naming(kiosk, 1, 5, 'a'.repeat(64))))
		expect(await kiosk.refusal(await naming(kiosk, 2, 5, 'b'.repeat(64)))).toBe('centres-equivocation')
	}))

test('what another campaign named says nothing here', () =>
	withKiosk(async (kiosk) => {
		const path = join(kiosk.places.identity, 'centres.json')
		await writeFile(path, JSON.stringify({ campaign: 'a-other', issue: 9, sha256: 'a'.repeat(64) }))
		expect((await listAt(kiosk)).awaited).toBeNull()
		gotten(await kiosk.shown((await kiosk.issue({ custodians: [another] })).code))
		expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ issue: 1 })
	}))
