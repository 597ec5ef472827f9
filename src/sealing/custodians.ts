/** To whom images are sealed: people who hold the other half of these keys, and no machine of Testigo does. */
import * as z from 'zod'

/** Each adds 100 bytes and 2 ms to every image, and one more person who can open it. */
const mostCustodians = 16

/**
 * An X25519 recipient of age: bech32 in lower case, 32 bytes of key and 6 characters of checksum
 * (C2SP age.md, "The X25519 recipient type"). The checksum is checked where the library is: in the sealing
 * thread, before the first image.
 */
const Custodian = z
	.string()
	.refine((text) => !/^age-secret-key-/i.test(text), {
		abort: true,
		error: "is a custodian's private key, which must never come near a kiosk: make a new one",
	})
	.regex(/^age1[02-9ac-hj-np-z]{58}$/, 'must be "age1…" as "testigo custodian new" or age-keygen prints it')

export const Custodians = z
	.array(Custodian)
	.max(mostCustodians)
	.refine((all) => new Set(all).size === all.length, { error: 'names a custodian twice' })
