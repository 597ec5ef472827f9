/** What goes on publishing also takes in what witnesses leave in a folder, whatever else lies there. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLogIdentity } from '#src/enrolment/log-identity.js'
import { FolderSource } from '#src/mirroring/archive-source.js'
import { makeWitness, openWitness, witnessArchive } from '#src/mirroring/witness.js'
import type { PublishEvent } from '#src/publishing/events.js'
import { LeftCosignatures } from '#src/publishing/left-cosignatures.js'
import { PublishingProcess } from '#src/publishing/publishing-process.js'
import { trialRipeness } from '#src/publishing/trial.js'
import { faultsOf, listWitnesses, publishedCentre } from '../mirroring/mirrored.ts'
import { type PublishedCentre, publishedAt } from '../support/published.ts'
import { gotten } from '../support/result.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const everyMs = 300_000

async function witnessed() {
	const made = await publishedCentre()
	const directory = join(made.home, 'witness')
	await listWitnesses(made, [gotten(await makeWitness(directory, 'witness.example/one'))], 1)
	await made.publish()
	const signer = gotten(await openWitness(directory))
	const source = new FolderSource(made.archive)
	const sign = async () =>
		gotten(await witnessArchive({ source, directory, signer, log: null, nowMs: publishedAt })).note
	const folder = join(made.home, 'left')
	const leave = (name: string, content: string | Buffer) => writeFileSync(join(folder, name), content)
	return { made, sign, folder, leave, left: new LeftCosignatures({ folder, archive: made.archive }) }
}

async function processOf(made: PublishedCentre, cosignatures: string) {
	const events: PublishEvent[] = []
	const clock = new SimulatedClock()
	const words = { directory: made.keys, definitionPath: join(made.keys, 'election.json') }
	const publishing = new PublishingProcess({
		publisher: {
			...{ directory: made.centre.directory, archive: made.archive, keyFolder: made.keys },
			words: { ...words, registerPath: join(made.keys, 'register.csv') },
			...{ signer: gotten(await openLogIdentity(made.keys)), ripeness: trialRipeness },
			nowMs: () => publishedAt,
			clockFault: async () => null,
		},
		...{ cosignatures, everyMs, clock, log: (event: PublishEvent) => void events.push(event) },
	})
	return { events, clock, publishing }
}

test('while it publishes it takes lines of witnesses from a folder, and tells once of what is none', async () => {
	const { made, sign, folder, leave } = await witnessed()
	const { events, clock, publishing } = await processOf(made, folder)
	await publishing.start()
	expect(events.map(({ event }) => event)).toEqual(['started'])
	expect(await faultsOf(made.archive)).toEqual(['not-witnessed'])
	mkdirSync(folder)
	leave('one', await sign())
	leave('other', 'no note')
	await clock.advance(everyMs)
	await until(() => events.length === 3)
	await clock.advance(everyMs)
	await publishing.stop()
	expect(events.slice(1)).toMatchObject([
		{ event: 'cosigned', added: 1 },
		{ event: 'cosignatures-refused', refused: 1, fault: { code: 'bad-note' } },
		{ event: 'stopped' },
	])
	expect(await faultsOf(made.archive)).toEqual([])
})

test('links, pipes, folders and giants are not read, and hold up nobody else', async () => {
	const { made, sign, folder, leave, left } = await witnessed()
	expect(await left.take()).toEqual({ added: 0, fault: null, refused: 0 })
	mkdirSync(folder)
	const outside = join(made.home, 'outside')
	writeFileSync(outside, await sign())
	symlinkSync(outside, join(folder, 'a-link'))
	execFileSync('mkfifo', [join(folder, 'b-pipe')])
	mkdirSync(join(folder, 'c-folder'))
	leave('d-giant', Buffer.alloc(1 << 20))
	leave('.e-being-copied', 'half')
	const told = await left.take()
	expect([told.added, told.refused, told.fault?.code]).toEqual([0, 4, 'file-unreadable'])
	expect(told.fault?.detail).toContain('a-link')
	expect(await left.take()).toMatchObject({ fault: null, refused: 4 })
	leave('f-good', readFileSync(outside))
	expect(await left.take()).toMatchObject({ added: 1, refused: 4 })
	for (const name of ['a-link', 'b-pipe', 'c-folder', 'd-giant'])
		rmSync(join(folder, name), { recursive: true })
	expect(await left.take()).toEqual({ added: 0, fault: null, refused: 0 })
	expect(await faultsOf(made.archive)).toEqual([])
})

test('of a folder with too many names none is read, and it is told', async () => {
	const folder = join(await temporaryFolder(), 'left')
	const left = new LeftCosignatures({ folder, archive: folder })
	mkdirSync(folder)
	for (let name = 0; name <= 200; name++) writeFileSync(join(folder, `${name}`), '')
	expect(await left.take()).toMatchObject({ added: 0, fault: { code: 'too-many-files' } })
	expect(await left.take()).toMatchObject({ fault: null })
	rmSync(folder, { recursive: true })
	writeFileSync(folder, '')
	expect(await left.take()).toMatchObject({ fault: { code: 'file-unreadable' } })
})
