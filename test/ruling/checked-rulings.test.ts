import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PublishedDevices } from '#src/audit/published-devices.js'
import { signRuling } from '#src/evidence/ruling.js'
import { checkedRulings } from '#src/ruling/checked-rulings.js'
import { rulingInWords } from '#src/ruling/ruling-in-words.js'
import { Authority } from '../support/listed.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'
import { rulingOf } from '../support/transcribed.ts'

const id = (n: number) => Buffer.alloc(32, n).toString('base64url')
const made = (by: ReturnType<typeof makeSigner>, seq: number) =>
	signRuling({ ...rulingOf(by.kid, '121202007.01', [id(1)]), seq, prev: id(0) }, by)

test('who has signed is known by the registry alone: others are left out, or told as not checked', async () => {
	const directory = await temporaryFolder()
	const [one, revoked, station] = [makeSigner('o-one'), makeSigner('o-revoked'), makeSigner('s-one')]
	const stations = [station]
	await new Authority().publish(directory, { officers: [one, revoked], stations }, [
		{ device: 'o-revoked', last: 1 },
	])
	// As a centre publishes what it took in.
	copyFileSync(join(directory, 'devices', 'registry.jws'), join(directory, 'registry.jws'))
	const published = gotten(await PublishedDevices.read(directory))
	const rulings = await Promise.all([
		made(one, 1),
		// By another key under the same name, as anyone can put onto a stick.
		made(makeSigner('o-one'), 2),
		made(revoked, 1),
		made(revoked, 2),
		made(station, 3),
		made(makeSigner('o-nobody'), 4),
	])
	const told = (checked: readonly { ruling: { officer: string; seq: number }; isChecked: boolean }[]) =>
		checked.map(({ ruling, isChecked }) => `${ruling.officer} ${ruling.seq} ${isChecked}`)
	expect(told(await checkedRulings(rulings, published))).toEqual([
		'o-one 1 true',
		'o-revoked 1 true',
		'o-nobody 4 false',
	])
	expect(told(await checkedRulings(rulings.slice(1, 2), null))).toEqual(['o-one 2 false'])
})

test('it is said in both languages whether it was checked', async () => {
	const { ruling } = await made(makeSigner('o-one'), 1)
	const shown = (isChecked: boolean) => {
		const { es, en } = rulingInWords({ ...ruling, signedBy: { officer: 'o-two', isChecked } }, null)
		return [...es, ...en].filter((line) => line.includes('o-two')).join('\n')
	}
	expect(shown(false)).toMatch(/SIN COMPROBAR(.|\n)*NOT CHECKED/)
	expect(shown(true)).not.toMatch(/SIN COMPROBAR|NOT CHECKED/)
})
