/** Archives of a small centre, and what is copied from them. */
import { createHash, createPublicKey } from 'node:crypto'
import { appendFileSync, cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ArchiveFolder } from '#src/archive/archive-folder.js'
import { auditArchive } from '#src/archive/check/archive-audit.js'
import { openSite, signSite } from '#src/archive/site-note.js'
import { openLogIdentity } from '#src/enrolment/log-identity.js'
import { type Campaign, CampaignIssues, signCampaign } from '#src/evidence/authority/campaign.js'
import { signMirrors } from '#src/evidence/authority/mirrors.js'
import { type DeviceRegistry, registered, signRegistry } from '#src/evidence/authority/registry.js'
import type { Identity } from '#src/evidence/identity.js'
import { KeyFileSigner, type Signer } from '#src/evidence/signer.js'
import { signCheckpoint } from '#src/log/checkpoint.js'
import { type ArchiveSource, FolderSource } from '#src/mirroring/archive-source.js'
import { type MirrorParts, mirrorArchive } from '#src/mirroring/mirror.js'
import { systemClock } from '#src/platform/clock.js'
import { actaText } from '../support/journal-maker.ts'
import { PublishedCentre } from '../support/published.ts'
import { gotten } from '../support/result.ts'

/** Three tables, one of them counted: publication 0. */
export async function publishedCentre(): Promise<PublishedCentre> {
	const made = await PublishedCentre.make()
	made.centre.register(
		[0, 1, 2].map((table) => {
			const [centro = '', mesa = ''] = (actaText(table).split('!')[0] ?? '').split('.')
			return { table: `${centro}.${mesa}`, centro, mesa }
		}),
	)
	await made.centre.acta('k-one', actaText(0))
	await made.publish()
	return made
}

/** Has the log sign another file in the place of one that it has signed. */
export async function sign(made: PublishedCentre, path: string, content: string): Promise<void> {
	const signer = gotten(await openLogIdentity(made.keys))
	const site = gotten(openSite(Buffer.from(made.file('site')), signer.key))
	const [folder = '', name = ''] = path.split('/')
	const put = (at: string, text: string) => writeFileSync(join(made.archive, at), text)
	const listed = (sums: string, named: string, of: string) => {
		const digest = createHash('sha256').update(of).digest('hex')
		const lines = made.file(sums).split('\n')
		return lines.map((line) => (line.endsWith(`  ${named}`) ? `${digest}  ${named}` : line)).join('\n')
	}
	put(path, content)
	put(`${folder}/SHA256SUMS`, listed(`${folder}/SHA256SUMS`, name, content))
	const sums = listed('SHA256SUMS', `${folder}/SHA256SUMS`, made.file(`${folder}/SHA256SUMS`))
	put('SHA256SUMS', sums)
	const note = signSite({ ...site, checksums: createHash('sha256').update(sums).digest('hex') }, signer)
	put('site', note)
	put(`sites/${site.publication}`, note)
}

/** Has the log sign that its archive is of another size, or another publication. */
export async function signNumbers(
	folder: string,
	keys: string,
	numbers: { readonly size?: number; readonly publication?: number },
): Promise<void> {
	const signer = gotten(await openLogIdentity(keys))
	const site = gotten(openSite(readFileSync(join(folder, 'site')), signer.key))
	const claimed = { ...site, ...numbers }
	writeFileSync(join(folder, 'site'), signSite(claimed, signer))
	if (numbers.size !== undefined) writeFileSync(join(folder, 'checkpoint'), signCheckpoint(claimed, signer))
}

/** Has the authority ask for witnesses, from the next publication on. */
export async function listWitnesses(
	{ keys }: PublishedCentre,
	vkeys: readonly string[],
	threshold: number,
): Promise<void> {
	const witnesses = vkeys.map((vkey) => ({ vkey, organisation: 'Observers', country: 'CO' }))
	await sayAnew(keys, await authorityOf(keys), { witnesses, threshold })
}

/** Has it list these beside the devices of the centre, from the next publication on. */
export async function listOfficers(
	{ keys, centre }: PublishedCentre,
	officers: readonly Identity[],
	revocations: DeviceRegistry['revocations'] = [],
): Promise<void> {
	const signer = await authorityOf(keys)
	const path = join(keys, 'registry.jws')
	const issue = readFileSync(path, 'utf8').split('\n').length
	const folder = join(centre.directory, 'devices')
	const devices = readdirSync(folder).map((name) => {
		const publicKey = createPublicKey(readFileSync(join(folder, name)))
		return registered({ id: name.replace(/\.pem$/, ''), publicKey })
	})
	const listed = { devices, officers: officers.map(registered), revocations }
	const { text } = await signRegistry({ v: 1, issue, time: '2024-07-30T12:00:00Z', ...listed }, signer)
	appendFileSync(path, `${text}\n`)
	const sha256 = createHash('sha256').update(text).digest('hex')
	await sayAnew(keys, signer, { registry: { issue, sha256 } })
}

/** Has it say where else the archive is, from the next publication on. */
export async function listMirrors({ keys }: PublishedCentre, issue: number): Promise<void> {
	const mirrors = ['https://mirror.example/']
	const said = { v: 1, issue, time: '2024-07-30T12:00:00Z', mirrors } as const
	const { text } = await signMirrors(said, await authorityOf(keys))
	appendFileSync(join(keys, 'mirrors.jws'), `${text}\n`)
}

async function authorityOf(keys: string): Promise<Signer> {
	const name = readFileSync(join(keys, 'authority-name'), 'utf8').trim()
	return gotten(await KeyFileSigner.open(name, join(keys, 'authority-key.pem')))
}

/** The next campaign object: the one in force with this in it. */
async function sayAnew(keys: string, signer: Signer, change: Partial<Campaign>): Promise<void> {
	const path = join(keys, 'campaign.jws')
	const issues = new CampaignIssues(signer.publicKey)
	for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) gotten(issues.take(line))
	if (issues.newest === null) throw new Error('published before')
	const { said } = issues.newest
	const { text } = await signCampaign({ ...said, ...change, issue: said.issue + 1 }, signer)
	appendFileSync(path, `${text}\n`)
}

/** Copies the folder as any tool does. */
export function copyOf(folder: string, to: string): string {
	cpSync(folder, to, { recursive: true })
	return to
}

export function mirror(
	source: string | ArchiveSource,
	folder: string,
	more: Partial<MirrorParts> = {},
): ReturnType<typeof mirrorArchive> {
	return mirrorArchive({
		...{ source: typeof source === 'string' ? new FolderSource(source) : source, folder, images: true },
		...{ clock: systemClock, progress: () => {}, rounds: { most: 3, firstMs: 0, mostMs: 0 } },
		...more,
	})
}

/** The codes of what is wrong. */
export async function faultsOf(folder: string): Promise<string[]> {
	const options = { rehearsal: true, images: true, progress: () => {} }
	const report = gotten(await auditArchive(new ArchiveFolder(folder), options))
	return report.faults.map(({ code }) => code)
}

/** All files, by their paths. */
export function filesOf(folder: string): Record<string, string> {
	const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
	const files = names.filter((name) => statSync(join(folder, name)).isFile())
	return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'latin1')]))
}

/** Calls `change` at its `at`th file, and then at every `each`th. */
export class ChangingSource implements ArchiveSource {
	readonly name = 'changing'
	readonly isRemote = false
	asked = 0
	readonly #of: FolderSource
	readonly #at: number
	readonly #change: () => void
	readonly #each: number

	constructor(folder: string, at: number, change: () => void, each = Number.POSITIVE_INFINITY) {
		this.#of = new FolderSource(folder)
		this.#at = at
		this.#change = change
		this.#each = each
	}

	fetch(path: string, cap: number) {
		const since = this.asked++ - this.#at
		if (since === 0 || (since > 0 && since % this.#each === 0)) this.#change()
		return this.#of.fetch(path, cap)
	}
}
