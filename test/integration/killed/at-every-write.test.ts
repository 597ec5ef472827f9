/** A few of them; all are in `at-every-write.long.ts`. */
import { describeKills } from './at-every-write.ts'

describeKills({
	first: [
		['/^rename', 'any file', 3],
		['/^p?write', 'journal/entries.jws', 2],
	],
	closed: [],
	torn: [['/^ftruncate', 1]],
})
