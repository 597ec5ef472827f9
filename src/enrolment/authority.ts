/**
 * A campaign's authority: the directory that `testigo ca init` makes on a laptop without a network.
 *
 *     root.pem            root certificate: its fingerprint words are published, every device pins it
 *     root-key.pem        0600; needed for nothing but the next campaign: to be taken away and locked in
 *     campaign.pem        campaign's certificate, issued by the root; written last
 *     campaign-key.pem    0600; issues certificates, signs registry and revocations
 *     authority.jsonl     what was issued and revoked (`authority-log.ts`)
 *     lock                one command at a time
 */
import { generateKeyPairSync, type X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { type CertificateFault, checkAuthority, readCertificateFile } from '../evidence/certificate.ts'
import { type KeyFileFault, KeyFileSigner, type Signer } from '../evidence/signer.ts'
import { Lock, type LockFault } from '../journal/lock.ts'
import type { CappedFileFault } from '../platform/capped-file.ts'
import { makeDirectory, makeFile } from '../platform/durable.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { AuthorityLog, type AuthorityLogFault } from './authority-log.ts'
import { pseudonym } from './pseudonym.ts'
import { issueAuthority } from './x509.ts'

const day = 24 * 60 * 60 * 1000

export interface NewAuthority {
	/** Milliseconds since 1970. */
	readonly now: number
	readonly random: (bytes: number) => Uint8Array
	/** How long the campaign's certificate, and all that it issues, hold. The root's holds ten years longer. */
	readonly days: number
}

export interface MadeAuthority {
	readonly root: X509Certificate
	readonly campaign: X509Certificate
}

/** Never overwrites: with a root's key would go everything that it stands for. */
export async function makeAuthority(
	directory: string,
	{ now, random, days }: NewAuthority,
): Promise<Result<MadeAuthority, KeyFileFault | Fault<'already-there' | 'not-writable'>>> {
	const at = (name: string) => join(directory, name)
	try {
		await makeDirectory(directory)
		const rootSigner = await newSigner(pseudonym('root', random), at('root-key.pem'))
		if (!rootSigner.ok) return rootSigner
		const campaignSigner = await newSigner(pseudonym('campaign', random), at('campaign-key.pem'))
		if (!campaignSigner.ok) return campaignSigner
		const root = await issueAuthority(
			{
				id: rootSigner.value.kid,
				publicKey: rootSigner.value.publicKey,
				validity: { from: now, to: now + (days + 3653) * day },
				serial: random(16),
				pathLength: 1,
			},
			rootSigner.value,
		)
		const campaign = await issueAuthority(
			{
				id: campaignSigner.value.kid,
				publicKey: campaignSigner.value.publicKey,
				validity: { from: now, to: now + days * day },
				serial: random(16),
				pathLength: 0,
			},
			rootSigner.value,
		)
		await makeFile(at('root.pem'), root.toString())
		await makeFile(at('campaign.pem'), campaign.toString())
		return ok({ root, campaign })
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		if (code !== 'EEXIST') return fail('not-writable', message)
		return fail(
			'already-there',
			`${directory}: holds an authority, or the rest of one; keep it, name another`,
		)
	}
}

async function newSigner(id: string, path: string): Promise<Result<KeyFileSigner, KeyFileFault>> {
	const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
	await makeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600)
	return KeyFileSigner.open(id, path)
}

export type AuthorityFault =
	| LockFault
	| KeyFileFault
	| CappedFileFault
	| CertificateFault
	| AuthorityLogFault
	| Fault<'key-mismatch'>

/** An authority at work. Whoever opened it closes it. */
export class CampaignAuthority {
	/** a-…: the `kid` of what it signs. */
	readonly id: string
	/** Signs certificates, the registry and revocations. */
	readonly signer: Signer
	readonly root: X509Certificate
	readonly campaign: X509Certificate
	readonly log: AuthorityLog
	readonly #lock: Lock

	private constructor(
		signer: Signer,
		root: X509Certificate,
		campaign: X509Certificate,
		log: AuthorityLog,
		lock: Lock,
	) {
		this.id = signer.kid
		this.signer = signer
		this.root = root
		this.campaign = campaign
		this.log = log
		this.#lock = lock
	}

	/** Refused where the campaign's certificate does not hold at `now`: nothing that it issued would count. */
	static async open(directory: string, now: number): Promise<Result<CampaignAuthority, AuthorityFault>> {
		const root = await readOne(join(directory, 'root.pem'))
		if (!root.ok) return root
		const campaign = await readOne(join(directory, 'campaign.pem'))
		if (!campaign.ok) return campaign
		const checked = checkAuthority(campaign.value, root.value, now)
		if (!checked.ok) return checked
		const keyPath = join(directory, 'campaign-key.pem')
		const signer = await KeyFileSigner.open(checked.value.id, keyPath)
		if (!signer.ok) return signer
		if (!signer.value.publicKey.equals(campaign.value.publicKey)) {
			return fail('key-mismatch', `${keyPath}: not the key of campaign.pem`)
		}
		const lock = await Lock.take(join(directory, 'lock'))
		if (!lock.ok) return lock
		const log = await AuthorityLog.open(directory)
		if (log.ok)
			return ok(new CampaignAuthority(signer.value, root.value, campaign.value, log.value, lock.value))
		await lock.value.release()
		return log
	}

	async close(): Promise<void> {
		await this.log.close()
		await this.#lock.release()
	}
}

async function readOne(path: string): Promise<Result<X509Certificate, CappedFileFault | CertificateFault>> {
	const read = await readCertificateFile(path)
	if (!read.ok) return read
	const [certificate, ...others] = read.value
	if (certificate !== undefined && others.length === 0) return ok(certificate)
	return fail('not-a-certificate', `${path}: holds ${read.value.length} certificates instead of one`)
}
