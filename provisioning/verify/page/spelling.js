/**
 * The one spelling in which objects are written. JSON has many for the same, and what is public for ever could carry a name
 * between two fields, in an escape, or in a further word of the header.
 */

/** Header and payload are those of `parse`: bytes that are UTF-8. */
export function isSpelledAsWritten({ header, headerBytes, payload, payloadBytes }) {
	const isKnown = Object.keys(header).toSorted().join() === 'alg,kid,typ'
	return isKnown && isWritten(header, headerBytes) && isWritten(payload, payloadBytes)
}

function isWritten(value, bytes) {
	return JSON.stringify(value) === new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}
