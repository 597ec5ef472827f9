/** Where what stands in an archive (`provisioning/verify/ARCHIVE.md`, "Files"). */
import { parseDecimal } from '../log/decimal.ts'

export const checkpointFile = 'checkpoint'
export const checkpointsFolder = 'checkpoints'
export const siteFile = 'site'
export const keysFolder = 'keys'
export const campaignFolder = 'campaign'
export const electionFile = `${campaignFolder}/election.json`
export const archivedRegisterFile = `${campaignFolder}/register.csv`
export const imageFolder = 'image'
export const figuresPath = 'data/figures.json'
export const tablesPath = 'data/tables.csv'
export const latestFeedFile = 'feed/latest'
/** Of the last publication that has one; its site note names the info-hash. */
export const torrentFile = 'sites/latest.torrent'
export const withdrawnFile = 'disputes/withdrawn.csv'

export function earlierCheckpointFile(size: number): string {
	return `${checkpointsFolder}/${size}`
}

/** By the digest that a leaf names. */
export function pictureFile(sha256: string): string {
	return `${imageFolder}/${sha256.slice(0, 2)}/${sha256}`
}

export function siteOfFile(publication: number): string {
	return `sites/${publication}`
}

export function feedFile(publication: number): string {
	return `feed/${publication}.json`
}

/** Of which publication the record is that lies at this path; null for any other path. */
export function publicationOfFeed(path: string): number | null {
	const [, number = ''] = /^feed\/([^/]*)\.json$/.exec(path) ?? []
	return parseDecimal(number)
}

/** Pages of places and centres: all that lies there follows from leaves and words. */
export const derivedFolders: readonly string[] = ['p', 'c']

/** A folder at the top in which files are written before they get their names. It is no part of the archive. */
export const beingWritten = '.new'

/** Not in `SHA256SUMS`: what lies there has a signature of its own, or is named by its digest in a leaf. */
export const foldersWithoutChecksums: readonly string[] = [
	...['tile', checkpointsFolder, 'sites'],
	...[imageFolder, beingWritten],
]
