import * as z from 'zod'
import { usualRipeness } from './ripeness.ts'

const path = z.string().min(1)
/** Everybody gets to see them: none with a name or a pass word in it. */
const address = (protocol: RegExp) =>
	z
		.url({ protocol })
		.max(500)
		.refine((text) => !/^[^/]*\/\/[^/]*@/.test(text), 'names a user')
/** Many more than anybody has; each downloader asks all of them. */
const mostAddresses = 50

/** Where downloaders find one another, and the files. */
export const TorrentSettings = z.strictObject({
	trackers: z
		.array(address(/^(?:https?|udp|wss?)$/))
		.max(mostAddresses)
		.default([])
		.describe('Servers that downloaders ask for one another; without any they find one another by the DHT.'),
	webSeeds: z
		.array(address(/^https?$/).endsWith('/'))
		.max(mostAddresses)
		.default([])
		.describe(
			'Addresses below which a web server serves the archive in a folder with the name of the torrent; each ends with a slash.',
		),
})
export type TorrentSettings = z.infer<typeof TorrentSettings>

const hours = z.int().min(0).max(1000)
const hourMs = 3_600_000

/** The configuration of `testigo publish --follow`. */
export const PublishConfig = z.strictObject({
	directory: path
		.default('/var/lib/testigo/central')
		.describe("The centre's: its records and the authority's words, which are read and never changed."),
	archive: path
		.default('/var/lib/testigo/archive')
		.describe('The public archive: a folder of files that any web server can serve.'),
	log: path
		.default('/var/lib/testigo/log')
		.describe('Where the key of the log lies, that of `testigo enrol log`, and its last checkpoint.'),
	election: path
		.optional()
		.describe('The definition that the campaign object names; without it `election.json` in the directory.'),
	register: path
		.optional()
		.describe('The register that it names; without it `register.csv` in the directory.'),
	cosignatures: path
		.default('/var/lib/testigo/cosignatures')
		.describe(
			'A folder in which witnesses leave what they have signed: it is looked at after each look for what is ripe, and lines that verify go below the checkpoints. It need not be there.',
		),
	everySeconds: z.int().min(1).max(86_400).default(300).describe('How often it is looked for what is ripe.'),
	ripeness: z
		.strictObject({
			afterHours: hours
				.default(usualRipeness.ripeMs / hourMs)
				.describe(
					'An entry is ripe so long after it was received and the last of its device was, or when its device has closed its day.',
				),
			leastEntries: z
				.int()
				.min(1)
				.max(1_000_000)
				.default(usualRipeness.leastEntries)
				.describe('That one publication adds …'),
			leastDevices: z
				.int()
				.min(1)
				.max(10_000)
				.default(usualRipeness.leastDevices)
				.describe(
					'… of crowds of at least so many devices that the archive does not tell apart by when they came …',
				),
			overdueHours: hours
				.default(usualRipeness.longestMs / hourMs)
				.describe('… or fewer, when one was received so long ago.'),
		})
		.prefault({})
		.describe(
			'When entries are published. Lower it only for a rehearsal: who matches publications with lines and cameras finds who stood where.',
		),
	torrent: TorrentSettings.optional().describe(
		'Where it is given, each publication has a torrent, `sites/latest.torrent`, and its note names the info-hash; `{}` is enough.',
	),
})
export type PublishConfig = z.infer<typeof PublishConfig>
