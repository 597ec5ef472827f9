/** All of them: `npm run test:long`. A few minutes; the suite has a short form. */
import { describeKills } from './at-every-write.ts'

describeKills({
	first: [
		['/^mkdir', 'any file', 5],
		['/^rename', 'any file', 3],
		['/^unlink', 'any file', 1],
		['fdatasync', 'any file', 2],
		['fsync', 'any file', 12],
		['/^p?write', 'journal/device.pem.new', 1],
		['/^p?write', 'journal/entries.jws', 2],
		['/^p?write', 'kiosk.json.new', 1],
		// The log and the display: killed before it could be said, it is there all the same.
		['/^p?write', 'shown', 8],
	],
	closed: [
		['/^p?write', 'current-identity.json.new', 1],
		['/^rename', 'current-identity.json.new', 1],
		['/^mkdir', 'journals', 1],
	],
	torn: [
		['/^mkdir', 1],
		['/^rename', 2],
		['/^ftruncate', 1],
		['fsync', 6],
	],
})
