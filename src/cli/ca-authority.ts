/** What the commands of `testigo ca` share: the authority that they open. */
import { X509Certificate } from 'node:crypto'
import { CampaignAuthority } from '../enrolment/authority.ts'
import { issueRevocationList } from '../enrolment/x509.ts'
import { KeyUnavailable } from '../evidence/signer.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'

/**
 * The list as of `now`. It holds as long as the campaign's certificate: to a broker whose list has run out every
 * certificate is revoked, and nobody may be at hand to bring another.
 */
export function revocationList(now: number): (authority: CampaignAuthority) => Promise<string> {
	return ({ log, signer, campaign }) => {
		const revoked = log.revoked().flatMap(({ id, at }) => {
			const { signing = null, tls } = log.issuedTo(id)?.certificates ?? {}
			return [signing, tls]
				.filter((pem) => typeof pem === 'string')
				.map((pem) => ({ serial: new X509Certificate(pem).serialNumber, at: Date.parse(at) }))
		})
		return issueRevocationList(revoked, { from: now, to: Date.parse(campaign.validTo) }, signer)
	}
}

/** Opens the authority, has it used, and closes it. Throws a CommandRefused where it can't be opened. */
export async function withAuthority<T>(
	directory: string,
	now: number,
	use: (authority: CampaignAuthority) => Promise<T>,
): Promise<T> {
	await asOwnerOf(directory)
	const opened = await CampaignAuthority.open(directory, now)
	if (!opened.ok) {
		const { code, detail } = opened.fault
		const wrong = code === 'certificate-expired' || code === 'foreign-certificate' || code === 'log-damaged'
		throw new CommandRefused(wrong ? exit.foundWrong : exit.environmentFailed, `${detail} (${code})`)
	}
	try {
		return await refuseDiskErrors(use(opened.value))
	} catch (error) {
		// Taken out while people compared words.
		if (error instanceof KeyUnavailable) throw new CommandRefused(exit.environmentFailed, error.message)
		throw error
	} finally {
		await opened.value.close()
	}
}

/** What the disk refuses is no bug. */
export function refuseDiskErrors<T>(work: Promise<T>): Promise<T> {
	return work.catch((error: NodeJS.ErrnoException) => {
		if (error.syscall === undefined) throw error
		throw new CommandRefused(exit.environmentFailed, `can't be written: ${error.message}`)
	})
}
