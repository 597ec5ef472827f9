/**
 * What the processes tell about themselves: one catalogue, from which come the types and the document. A line
 * of JSON each on standard output. No secrets, no images, no payloads, no personal data.
 */
export const catalogue = {
	'kiosk-started': ['info', 'The kiosk can scan.'],
	'kiosk-stopped': ['info', 'The kiosk ended in good order.'],
	'journal-opened': ['info', 'The journal was checked from its first entry to its last.'],
	'journal-tail-quarantined': [
		'warn',
		'Torn bytes at the end of the journal were set aside; nothing shown was lost.',
	],
	'acta-recorded': ['info', 'Image and entry are on the disk.'],
	'acta-already-scanned': ['info', 'The same acta again; nothing was recorded.'],
	'table-conflict': ['warn', 'An acta was recorded whose table has another one with other votes.'],
	'paper-rejected': ['warn', 'A picture was set aside, with its cause.'],
	'device-trouble': ['error', 'A device of the kiosk failed; it will be tried again.'],
	'received-advanced': ['info', 'A verified receipt covers more entries than before.'],
	'receipt-refused': ['warn', 'A receipt in the uplink directory does not verify against this journal.'],
} as const satisfies Record<string, readonly ['info' | 'warn' | 'error', string]>

export type AuditEvent = keyof typeof catalogue

export type Fields = Readonly<Record<string, string | number | boolean | null>>

export type Audit = (event: AuditEvent, fields?: Fields) => void
