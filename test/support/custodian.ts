import { generateX25519Identity, identityToRecipient } from 'age-encryption'

/** One whose private key nobody has. */
export const someCustodian = 'age18tp6yw5skkecmj08a04c4rquukq89fmx9xgj20cdzwxzjgke9pzsyzcctd'

export interface TestCustodian {
	/** `AGE-SECRET-KEY-1…` */
	readonly secret: string
	readonly recipient: string
}

export async function makeCustodian(): Promise<TestCustodian> {
	const secret = await generateX25519Identity()
	return { secret, recipient: await identityToRecipient(secret) }
}
