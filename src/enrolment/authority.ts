/**
 * A campaign's authority: the directory that `testigo ca init` makes on a laptop without a network.
 *
 *     root.pem            root certificate: its fingerprint words are published, every device pins it
 *     root-key.pem        0600; needed for nothing but the next campaign: to be taken away and locked in
 *     campaign.pem        campaign's certificate, issued by the root; written last
 *     campaign-key.pem    0600; issues certificates, signs registry and revocations; not there when it is in a token
 *     campaign-key.json   then this is: which token (`TokenKey`), and the file that holds its PIN
 *     authority.jsonl     what was issued and revoked (`authority-log.ts`)
 *     lock                one command at a time
 */
import type { X509Certificate } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type CertificateFault, checkAuthority, readCertificateFile } from '../evidence/keys/certificate.ts'
import type { TokenKeyFault } from '../evidence/pkcs11/key.ts'
import { TokenKey } from '../evidence/pkcs11/token.ts'
import type { KeyFileFault, Signer } from '../evidence/signer.ts'
import { Lock, type LockFault } from '../journal/lock.ts'
import type { CappedFileFault } from '../platform/files/capped-file.ts'
import { makeDirectory, makeFile } from '../platform/files/durable.ts'
import { type JsonFileFault, readJsonFile } from '../platform/files/json-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { AuthorityLog, type AuthorityLogFault } from './authority-log.ts'
import { pseudonym } from './pseudonym.ts'
import { makeKeyFile, makeTokenKey, openSigner, type TokenToUse } from './signing-key.ts'
import { issueAuthority } from './x509.ts'

const day = 24 * 60 * 60 * 1000

const names = {
	root: 'root.pem',
	rootKey: 'root-key.pem',
	campaign: 'campaign.pem',
	campaignKey: 'campaign-key.pem',
	campaignToken: 'campaign-key.json',
} as const

export interface NewAuthority {
	/** Milliseconds since 1970. */
	readonly now: number
	readonly random: (bytes: number) => Uint8Array
	/** How long the campaign's certificate, and all that it issues, hold. The root's holds ten years longer. */
	readonly days: number
	/** Where the campaign's key is made; in a file without. The root's is always in a file, which is taken away. */
	readonly token?: TokenToUse | undefined
}

export interface MadeAuthority {
	readonly root: X509Certificate
	readonly campaign: X509Certificate
}

type MakingFault = KeyFileFault | TokenKeyFault | Fault<'already-there' | 'not-writable'>

/** Never overwrites: with a root's key would go everything that it stands for. */
export async function makeAuthority(
	directory: string,
	{ now, random, days, token }: NewAuthority,
): Promise<Result<MadeAuthority, MakingFault>> {
	const at = (name: keyof typeof names) => join(directory, names[name])
	try {
		await makeDirectory(directory)
		// Before a token gets a key that stays there, and that before the first file: it may refuse.
		const there = await readdir(directory)
		if (Object.values(names).some((name) => there.includes(name))) return taken(directory)
		const id = pseudonym('campaign', random)
		const place = token === undefined ? undefined : { ...token, label: id }
		const campaignSigner =
			place === undefined
				? await makeKeyFile(id, at('campaignKey'))
				: await makeTokenKey(id, place, directory)
		if (!campaignSigner.ok) return campaignSigner
		if (place !== undefined) await makeFile(at('campaignToken'), `${JSON.stringify(place)}\n`)
		const rootSigner = await makeKeyFile(pseudonym('root', random), at('rootKey'))
		if (!rootSigner.ok) return rootSigner
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
		await makeFile(at('root'), root.toString())
		await makeFile(at('campaign'), campaign.toString())
		return ok({ root, campaign })
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return code === 'EEXIST' ? taken(directory) : fail('not-writable', message)
	}
}

function taken(directory: string) {
	return fail('already-there', `${directory}: holds an authority, or the rest of one; keep it, name another`)
}

export type AuthorityFault =
	| LockFault
	| KeyFileFault
	| TokenKeyFault
	| JsonFileFault
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
		const root = await readOne(join(directory, names.root))
		if (!root.ok) return root
		const campaign = await readOne(join(directory, names.campaign))
		if (!campaign.ok) return campaign
		const checked = checkAuthority(campaign.value, root.value, now)
		if (!checked.ok) return checked
		const place = await readJsonFile(join(directory, names.campaignToken), TokenKey, { cap: 64 * 1024 })
		if (!place.ok && place.fault.code !== 'file-missing') return place
		const key = place.ok ? place.value : undefined
		const signer = await openSigner(directory, { id: checked.value.id, key, file: names.campaignKey })
		if (!signer.ok) return signer
		if (!signer.value.publicKey.equals(campaign.value.publicKey)) {
			const path = join(directory, key === undefined ? names.campaignKey : names.campaignToken)
			return fail('key-mismatch', `${path}: not the key of ${names.campaign}`)
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
