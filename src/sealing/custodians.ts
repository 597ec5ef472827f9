/**
 * To whom images are sealed: people who hold the other half of these keys, and no machine of Testigo does.
 *
 * `age1… 2/3` says of a key that it is split: any two of three shares open, and no one of them. Nothing in a public
 * key shows that. It is only a claim by who made it, written down so that what nobody claims is seen.
 */
import * as z from 'zod'

/** Each adds 100 bytes and 2 ms to every image, and one more who can open it. */
const mostCustodians = 16

/** How many shares there are, and how many of them open. */
export interface Split {
	readonly threshold: number
	readonly count: number
}

const mostShares = 9

/** Two at least, or one person opens; more shares than that, or losing one loses all. Null for what is none. */
export function readSplit(text: string): Split | null {
	const [, threshold = 0, count = 0] = (/^([1-9])\/([1-9])$/.exec(text) ?? []).map(Number)
	return threshold >= 2 && threshold < count && count <= mostShares ? { threshold, count } : null
}

/** What a split has to be, for a person. */
export const splitGrammar = `needed/made, from 2/3 to ${mostShares - 1}/${mostShares}: at least 2, and one fewer than are made`

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
	.regex(/^age1[02-9ac-hj-np-z]{58}( [^ ]*)?$/, {
		abort: true,
		error: 'must be "age1…" as "testigo custodian new" or age-keygen prints it',
	})
	.refine((text) => !text.includes(' ') || claimedSplit(text) !== null, {
		error: `says after the key how it is split, and that must be ${splitGrammar}`,
	})

export const Custodians = z
	.array(Custodian)
	.max(mostCustodians)
	.refine((all) => new Set(all.map(recipientOf)).size === all.length, { error: 'names a custodian twice' })

/** The key alone, as age takes it. */
export function recipientOf(custodian: string): string {
	return custodian.split(' ', 1)[0] ?? ''
}

/** As who made it says; null where nobody says that it is split. */
function claimedSplit(custodian: string): Split | null {
	return readSplit(custodian.split(' ')[1] ?? '')
}

/** Those of which nobody even claims that one person alone does not hold them. */
export function heldByOne(custodians: readonly string[]): string[] {
	return custodians.filter((custodian) => claimedSplit(custodian) === null).map(recipientOf)
}
