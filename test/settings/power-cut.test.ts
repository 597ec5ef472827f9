/** The power goes while settings are put in: who reads them then reads all of the old ones, or all of the new. */
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { readConfiguration } from '#src/cli/configuration.js'
import { PinnedCentre, readCentreList } from '#src/evidence/authority/pinned-centre.js'
import { KioskConfig } from '#src/kiosk/config/kiosk-config.js'
import { readInstalled } from '#src/settings/installed-settings.js'
import { UplinkConfig } from '#src/uplink/config.js'
import { gotten } from '../support/result.ts'
import { shortOrLong } from '../support/short-or-long.ts'
import { another, broker, custodian, type SetKiosk, withKiosk } from './set-kiosk.ts'

const whole = { ...fs }
afterEach(restore)

function restore(): void {
	Object.assign(fs, whole)
	syncBuiltinESMExports()
}

/** From the `count`th on nothing reaches the disk that gives a name, takes one away or writes a file. */
function cutAfter(count: number): void {
	let left = count
	const cut = <A extends unknown[], R>(work: (...given: A) => Promise<R>) => {
		return async (...given: A): Promise<R> => {
			if (--left < 0) throw Object.assign(new Error('the power is gone'), { code: 'EIO', syscall: 'write' })
			return await work(...given)
		}
	}
	Object.assign(fs, {
		rename: cut(whole.rename),
		rm: cut(whole.rm),
		// Reading goes on: a file is opened for it by `r`, a folder too.
		open: (path: string, flags?: string | number, mode?: number) =>
			(flags === 'r' ? whole.open : cut(whole.open))(path, flags, mode),
	})
	syncBuiltinESMExports()
}

/** As kiosk and uplink read them when they start. */
async function read({ places }: SetKiosk): Promise<string> {
	const from = (usual: string) => ({ file: undefined, usual, flags: {} })
	const kiosk = gotten(await readConfiguration(KioskConfig, from(places.kiosk)))
	const uplink = await readConfiguration(UplinkConfig, from(places.uplink))
	const installed = gotten(await readInstalled(places))
	const [publicKey, root] = ['centre.pem', 'root.pem'].map((name) => join(places.identity, name))
	const centres = gotten(await readCentreList(PinnedCentre.parse({ publicKey, root })))
	return JSON.stringify([
		centres.awaited,
		kiosk.custodians,
		uplink.ok ? uplink.value.broker.url : 'none',
		installed.map(({ number }) => number),
	])
}

test.each([true, false])('at any instant, with an uplink that was there before: %s', (hadUplink) =>
	withKiosk(async (kiosk) => {
		const first = await kiosk.issue({ broker: { url: 'mqtts://old.example:8883' }, custodians: [custodian] })
		// From here on there is another list of centres, which only settings name.
		await kiosk.campaign.member('other-centre', 'centre')
		const network = [{ name: 'hall', key: 'none' as const }]
		const second = await kiosk.issue({ broker, custodians: [custodian, another], network })
		const [old, fresh] = [
			[null, [custodian], hadUplink ? 'mqtts://old.example:8883' : 'none', hadUplink ? [1] : []],
			[2, [custodian, another], broker.url, [2]],
		].map((one) => JSON.stringify(one))
		const seen: { readonly cut: number; readonly read: string }[] = []
		let isDone = false
		// A kiosk without an uplink does all but a few of the same steps.
		for (let cut = 0; !isDone; cut += hadUplink ? 1 : shortOrLong({ short: 3, long: 1 })) {
			await kiosk.clear()
			if (hadUplink) gotten(await kiosk.shown(first.code))
			else await kiosk.has('kiosk', { custodians: [custodian] })
			cutAfter(cut)
			isDone = (await kiosk.shown(second.code)).ok
			restore()
			seen.push({ cut, read: await read(kiosk) })
			// Shown again it is complete, in its place.
			gotten(await kiosk.shown(second.code))
			expect(await kiosk.read('kiosk')).toMatchObject({ custodians: [custodian, another] })
			expect(await kiosk.read('uplink')).toMatchObject({ broker })
			expect(Object.keys(await kiosk.connections())).toEqual(['testigo-1.nmconnection'])
		}
		const commit = seen.find((one) => one.read === fresh)?.cut ?? 0
		expect(seen).toEqual(seen.map(({ cut }) => ({ cut, read: cut < commit ? old : fresh })))
		expect([commit > 5, (seen.at(-1)?.cut ?? 0) > commit + 2]).toEqual([true, true])
	}),
)
