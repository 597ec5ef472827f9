/**
 * What kind of records this program writes and reads, as one series of numbers: whatever an earlier program could not
 * read takes the next one. The package is built with the newest (provisioning/package/build), and refuses a machine
 * whose records have a higher one.
 */

/** The newest `v` of entries and heads; 1 is read too. The next one is none that stands below. */
export const entryFormat = 2

/** What a ledger has with transcriptions and rulings, whatever `v` they bear: no earlier program takes their lines for its own. */
export const peopleFormat = 3

/** The highest of the series. */
export const newestFormat = Math.max(entryFormat, peopleFormat)
