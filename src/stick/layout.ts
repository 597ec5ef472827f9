/**
 * What lies where on a stick. All names are lower case, short and without links, so that FAT and exFAT hold them.
 *
 *     testigo/README.txt                what this is and how to check it, in Spanish and English
 *     testigo/<device>/entries.jws      the journal's lines, byte for byte
 *     testigo/<device>/device.pem       the device's public key
 *     testigo/<device>/images/ab/<sha256>
 *     testigo/<device>/authority.pem    the authority's certificate, as it lies in the journal, where it is known
 *     testigo/<device>/centres.jws      its newest list of centres, from whichever end of the way knows it
 *     testigo/<device>/head.jws         the head of the last close of day, where there is one
 *     testigo/<device>/receipts-<centre>.jws   what that centre says to it, on the way home
 *     testigo/<station>/transcriptions.jws     what people read at a reading station; beside it station.pem
 *     testigo/<officer>/rulings.jws            what an officer ruled; beside it officer.pem
 *
 * A device's folder is laid out like its journal: `testigo verify testigo/<device>` checks it. Where another
 * chain of the same device lies there already, this one goes beside it, as `<device>.2` and so on.
 */
import { Id } from '../evidence/identity.ts'

export const stickFolder = 'testigo'
export const readmeFile = 'README.txt'

/** Chains of one device on one stick; more than two have a bad story behind them already. */
export const mostChains = 9

/** The names that a device's folder may have, in the order in which they are tried. */
export function chainFolders(device: string): readonly string[] {
	return Array.from({ length: mostChains }, (_, index) => (index === 0 ? device : `${device}.${index + 1}`))
}

/** Whether a name could be that of a device's folder. Whose entries are in it, only their signatures say. */
export function isChainFolder(name: string): boolean {
	return Id.safeParse(name.replace(/\.[2-9]$/, '')).success
}

export function carriedReceiptsFile(centre: string): string {
	return `receipts-${centre}.jws`
}

/** Names looked at in the stick's folder beside those of known devices, so that one made to be endless has an end. */
export const mostFolders = 1_000

/** Bytes of the longest `entries.jws` that is read from a stick: 500,000 entries. */
export const largestLines = 512 * 1024 * 1024

/** Bytes of the longest of the other files: a key, a head. */
export const largestSmall = 64 * 1024
