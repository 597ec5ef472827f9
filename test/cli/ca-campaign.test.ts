/** From the key of a log to the signed object that names all by which its figures count. */
import { createHash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { CampaignAuthority, makeAuthority } from '#src/enrolment/authority.js'
import { certify } from '#src/enrolment/certify.js'
import { makeIdentity } from '#src/enrolment/device-identity.js'
import { issueRegistry } from '#src/enrolment/publish-devices.js'
import { readRequest } from '#src/enrolment/request.js'
import { CampaignIssues } from '#src/evidence/authority/campaign.js'
import { MirrorsIssues } from '#src/evidence/authority/mirrors.js'
import { cosignatureType, formatVerifierKey, verifierKey } from '#src/evidence/keys/verifier-key.js'
import { testigo } from '../support/processes.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

test('testigo enrol log, ca campaign, ca mirrors', { timeout: 120_000 }, async () => {
	const directory = await temporaryFolder()
	const at = (...names: string[]) => join(directory, ...names)
	const now = Date.now()
	gotten(await makeAuthority(at('ca'), { now, random: randomBytes, days: 30 }))
	const centre = gotten(await makeIdentity(at('centre'), 'centre', randomBytes))
	const authority = gotten(await CampaignAuthority.open(at('ca'), now))
	gotten(await certify(authority, gotten(readRequest(centre.request)), { now, random: randomBytes }))
	const { text: registry } = await issueRegistry(authority, now)
	await authority.close()
	await writeFile(at('ca', 'registry.jws'), `${registry}\n`)
	const [definition, register] = [
		JSON.stringify(presidential2024),
		'state,municipality,parish,centro,mesa,electors\nVALLE,ALTO,RÍO,121202007,01,500\n',
	]
	await writeFile(at('election.json'), definition)
	await writeFile(at('register.csv'), register)

	const enrolled = await testigo('enrol', 'log', '--dir', at('log'), '--origin', 'log.example/2024')
	const [vkey = '', , , words = ''] = enrolled.out.split('\n')
	expect([enrolled.status, words.split(' ').length]).toEqual([0, 8])
	const witness = formatVerifierKey(verifierKey('one.example', cosignatureType, new Uint8Array(32).fill(3)))
	const first = [
		...['ca', 'campaign', '--dir', at('ca'), '--definition', at('election.json')],
		...['--register', at('register.csv'), '--log', vkey],
	]
	const refused = await testigo(...first, '--witness', `${vkey},Observadores,Venezuela`)
	expect(refused).toMatchObject({ status: 2, out: '' })
	for (const what of ['witnesses[0]: the key is not that of a witness', 'witnesses[0].country'])
		expect(refused.err).toContain(what)

	const signed = await testigo(...first, '--witness', `${witness},Observadores, A. C.,VE`)
	expect(signed).toMatchObject({ status: 0, out: expect.stringContaining(words) })
	const campaigns = new CampaignIssues(authority.signer.publicKey)
	const text = (await readFile(at('ca', 'campaign.jws'), 'utf8')).trimEnd()
	gotten(campaigns.take(text))
	expect(signed.out).toContain(`sha256      ${sha256(text)}`)
	expect(campaigns.newest?.said).toMatchObject({
		...{ v: 1, issue: 1, election: presidential2024.id, rehearsal: false, earlier: [], threshold: 1 },
		...{ definition: sha256(definition), register: sha256(register) },
		registry: { issue: 1, sha256: sha256(registry) },
		centres: { issue: 1 },
		log: { origin: 'log.example/2024', vkey },
		witnesses: [{ vkey: witness, organisation: 'Observadores, A. C.', country: 'VE' }],
	})

	// A log that was lost: what its key signed last says how far it had come.
	const next = (await testigo('enrol', 'log', '--dir', at('next'), '--origin', 'log.example/2')).out
	const moved = ['ca', 'campaign', '--dir', at('ca'), '--log', next.split('\n')[0] ?? '']
	expect(await testigo(...moved)).toMatchObject({
		status: 1,
		err: expect.stringContaining('campaign-changed'),
	})
	const changed = await testigo(...moved, '--earlier', at('log', 'last-checkpoint'))
	expect(changed).toMatchObject({ status: 0, out: expect.stringMatching(/changed since no\. 1\n {2}log: /) })
	const lines = (await readFile(at('ca', 'campaign.jws'), 'utf8')).split('\n')
	expect([lines.length, lines[0], gotten(campaigns.take(lines[1] ?? ''))]).toEqual([3, text, true])
	expect(campaigns.newest?.said.earlier).toMatchObject([{ origin: 'log.example/2024', vkey, size: 0 }])

	expect(await testigo('ca', 'mirrors', 'https://espejo.example', '--dir', at('ca'))).toMatchObject({
		status: 0,
	})
	const mirrors = new MirrorsIssues(authority.signer.publicKey)
	gotten(mirrors.take((await readFile(at('ca', 'mirrors.jws'), 'utf8')).trimEnd()))
	expect(mirrors.newest?.said.mirrors).toEqual(['https://espejo.example'])
})
