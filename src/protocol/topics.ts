/**
 * What uplink and centre say to each other, by topic:
 *
 *     testigo/v1/<device>/entry/<seq>               up      a signed entry
 *     testigo/v1/<device>/image/<sha256>/<index>    up      a chunk of a file that an entry names
 *     testigo/v1/<device>/head                      up      a signed head
 *     testigo/v1/<device>/status                    up      how the device is; also the last will
 *     testigo/v1/<device>/returned                  up      a receipt that a centre signed and may have lost
 *     testigo/v1/<device>/receipt                   down    a signed receipt
 *     testigo/v1/<device>/centres                   down    whose receipts count, signed by the authority
 *     testigo/v1/<device>/control                   down    a signed command
 *
 * Nothing is retained, in neither direction.
 */
import { FileDigest } from '../evidence/fields.ts'
import { Id } from '../evidence/identity.ts'

export type Topic =
	| { readonly kind: 'entry'; readonly device: string; readonly seq: number }
	| { readonly kind: 'image'; readonly device: string; readonly sha256: string; readonly index: number }
	| {
			readonly kind: 'head' | 'status' | 'returned' | 'receipt' | 'centres' | 'control'
			readonly device: string
	  }

const root = 'testigo/v1'

export function formatTopic(topic: Topic): string {
	const device = `${root}/${topic.device}`
	switch (topic.kind) {
		case 'entry':
			return `${device}/entry/${topic.seq}`
		case 'image':
			return `${device}/image/${topic.sha256}/${topic.index}`
		case 'head':
		case 'status':
		case 'returned':
		case 'receipt':
		case 'centres':
		case 'control':
			return `${device}/${topic.kind}`
	}
}

/** Null for anything that `formatTopic` would not have written. */
export function parseTopic(text: string): Topic | null {
	if (text.length > 160) return null
	const [name, version, device = '', kind, first, second, ...more] = text.split('/')
	if (`${name}/${version}` !== root || more.length > 0 || !Id.safeParse(device).success) return null
	switch (kind) {
		case 'entry': {
			const seq = parseNumber(first)
			return seq === null || seq === 0 || second !== undefined ? null : { kind, device, seq }
		}
		case 'image': {
			const index = parseNumber(second)
			return index === null || first === undefined || !FileDigest.safeParse(first).success
				? null
				: { kind, device, sha256: first, index }
		}
		case 'head':
		case 'status':
		case 'returned':
		case 'receipt':
		case 'centres':
		case 'control':
			return first === undefined ? { kind, device } : null
		default:
			return null
	}
}

/** Whose topic it is; null where it is none of ours. Cheap, and says nothing of the rest. */
export function deviceIn(text: string): string | null {
	if (!text.startsWith(`${root}/`)) return null
	const end = text.indexOf('/', root.length + 1)
	return end < 0 ? null : text.slice(root.length + 1, end)
}

/** What a centre listens to: all that devices send, and nothing that a centre sends. */
export const topicsOfDevices: readonly string[] = [
	`${root}/+/entry/+`,
	`${root}/+/image/+/+`,
	`${root}/+/head`,
	`${root}/+/status`,
	`${root}/+/returned`,
]

function parseNumber(text: string | undefined): number | null {
	if (text === undefined || !/^(0|[1-9][0-9]{0,15})$/.test(text)) return null
	const number = Number(text)
	return Number.isSafeInteger(number) ? number : null
}
