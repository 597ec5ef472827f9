/**
 * What kinds of records this program writes and reads, as one series of numbers: whatever an earlier program could not
 * read takes the next one. The package is built with the highest (provisioning/package/build), and refuses a machine
 * whose records have a higher one.
 */
export const formats = {
	/** The newest `v` of entries and heads; 1 is read too. The next one is none that stands below. */
	entry: 2,
	/**
	 * A ledger with transcriptions and rulings, whatever `v` they bear: no earlier program takes their lines for a
	 * ledger's.
	 */
	people: 3,
} as const
