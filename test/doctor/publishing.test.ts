/** What doctor says of a machine that publishes: well, and with one thing wrong in turn. */
import { execFileSync } from 'node:child_process'
import {
	appendFileSync,
	chmodSync,
	copyFileSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { diagnosePublishing, inspectPublishing } from '#src/doctor/publishing.js'
import { probePublishing } from '#src/doctor/publishing-state.js'
import { makeLogIdentity } from '#src/enrolment/log-identity.js'
import { fail, ok } from '#src/platform/result.js'
import { PublishConfig } from '#src/publishing/config.js'
import { copyOf, publishedCentre } from '../mirroring/mirrored.ts'
import { actaText } from '../support/journal-maker.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const words = [
	'authority.pem',
	'registry.jws',
	'centres.jws',
	'campaign.jws',
	'election.json',
	'register.csv',
]

/** One that is well, in a copy of its own for each thing that is broken. */
async function publishing() {
	const made = await publishedCentre()
	const older = copyOf(made.archive, join(made.home, 'older'))
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	const { directory } = made.centre
	for (const name of words) copyFileSync(join(made.keys, name), join(directory, name))
	const config = PublishConfig.parse({ directory, archive: made.archive, log: made.keys })
	const codes = async () =>
		(await inspectPublishing(ok(config), null)).map(({ verdict, code }) => `${verdict} ${code}`)
	return { home: made.home, older, config, codes, directory, archive: made.archive, log: made.keys }
}

test('a log, its archive, and what both rest on', async () => {
	const { config, codes, older, directory, archive, log } = await publishing()
	const [finding] = await inspectPublishing(ok(config), null)
	expect(finding).toMatchObject({
		verdict: 'ok',
		what: { en: `${archive}: 3 leaves`, es: `${archive}: 3 hojas` },
	})
	const room = ok({ bytes: 1e12, files: null })
	const state = { ...(await probePublishing(config)), room }
	const diagnosed = (change: object) =>
		diagnosePublishing(config, { ...state, ...change }).map(({ verdict, code }) => `${verdict} ${code}`)
	expect(diagnosed({ clock: fail('clock-behind', 'no') })).toEqual(['wrong clock-behind'])
	expect(diagnosed({ room: ok({ bytes: 9e8, files: null }) })).toEqual(['warn low'])
	expect(diagnosed({ room: ok({ bytes: 1e12, files: 9_000 }) })).toEqual(['wrong full'])
	expect(diagnosed({ room: fail('unwritable', 'no') })).toEqual(['wrong unwritable'])

	const breaking: readonly (readonly [path: string, content: string | null, told: string])[] = [
		[join(directory, 'election.json'), '{}', 'wrong not-named'],
		[join(directory, 'register.csv'), 'state\n', 'wrong not-named'],
		[join(directory, 'campaign.jws'), null, 'wrong no-campaign'],
		[join(directory, 'registry.jws'), null, 'wrong not-named'],
		[join(log, 'log.vkey'), null, 'wrong file-missing'],
		[join(log, 'log-key.pem'), null, 'wrong key-missing'],
		[join(log, 'last-checkpoint'), null, 'wrong no-last-checkpoint'],
		[join(archive, 'tile/entries/000.p/3'), null, 'wrong archive-behind'],
		[join(archive, 'checkpoint'), readFileSync(join(older, 'site'), 'utf8'), 'wrong unreadable'],
	]
	const found: unknown[] = []
	for (const [path, content] of breaking) {
		const [before, { mode }] = [readFileSync(path), statSync(path)]
		if (content === null) rmSync(path)
		else writeFileSync(path, content)
		found.push([path, content, (await codes()).join()])
		writeFileSync(path, before, { mode })
	}
	expect(found).toEqual(breaking)
	chmodSync(join(log, 'log-key.pem'), 0o644)
	expect(await codes()).toEqual(['wrong key-exposed'])
	chmodSync(join(log, 'log-key.pem'), 0o600)
	appendFileSync(join(directory, 'campaign.jws'), 'no object\n')
	expect(await codes()).toEqual(['wrong bad-words'])
})

test('a campaign object of another log, a centre that is closed, settings that are none, no key at all', async () => {
	const { home, config, codes, directory } = await publishing()
	const other = join(home, 'other')
	gotten(await makeLogIdentity(other, 'log.example/other'))
	const told = await inspectPublishing(ok({ ...config, log: other, archive: join(home, 'none') }), null)
	expect(told.map(({ code }) => code)).toEqual(['foreign-log'])
	chmodSync(join(directory, 'campaign.jws'), 0o600)
	const group = 54_321
	const [closed] = await inspectPublishing(ok(config), group)
	expect(closed).toMatchObject({ part: 'publish', verdict: 'wrong', code: 'closed' })
	chmodSync(join(directory, 'campaign.jws'), 0o644)
	rmSync(config.log, { recursive: true })
	expect(await codes()).toEqual(['wrong no-log-key'])
	const [settings] = await inspectPublishing(fail('invalid', 'publish.json: log: no text'), null)
	expect(settings).toMatchObject({ verdict: 'wrong', code: 'invalid' })
})

test.skipIf(process.geteuid?.() !== 0)('root looks at it as the owner of the key', async () => {
	const { home, config, codes } = await publishing()
	execFileSync('chown', ['-R', '12345:12345', home])
	expect(await codes()).toEqual(['ok ok'])
	// What only root can read its owner does not.
	const elsewhere = await temporaryFolder()
	const election = join(elsewhere, 'election.json')
	copyFileSync(join(config.directory, 'election.json'), election)
	chmodSync(elsewhere, 0o700)
	const told = await inspectPublishing(ok({ ...config, election }), null)
	expect(told.map(({ code }) => code)).toEqual(['unreadable'])
})
