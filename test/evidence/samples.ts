/** One good payload of each kind, as plain JSON, written after the design and not after the code. */
const someId = 'A'.repeat(43)
const someDigest = '0'.repeat(64)

export function actaPayload(device: string) {
	return {
		v: 2,
		election: 've-2024-presidential',
		device,
		boot: 2,
		seq: 3,
		prev: someId,
		kind: 'acta',
		time: { day: '2024-07-28', source: 'ntp' },
		anchor: null,
		software: 'testigo/0.1.0',
		reading: { method: 'qr', text: '121202007.01.1.0001!23,0!0!0', code: '121202007.01.1.0001' },
		images: [
			{
				role: 'full',
				mediaType: 'image/jpeg',
				size: 260_000,
				sha256: someDigest,
				sealed: { format: 'age-v1', size: 260_300, sha256: someDigest },
			},
		],
	}
}

/** What `v` 1 has otherwise. */
export const timeOfVersion1 = {
	v: 1,
	time: { wall: '2024-07-28T22:14:00Z', source: 'ntp', monotonicMs: 91_234 },
	software: 'testigo 0.1.0',
}

export function headPayload(device: string) {
	return { v: 2, device, seq: 7, id: someId, receipts: 6, day: '2024-07-28' }
}

export function headPayloadOfVersion1(device: string) {
	const { day: _, ...rest } = headPayload(device)
	return { ...rest, v: 1, time: '2024-07-28T22:14:09Z' }
}

export function receiptPayload(device: string) {
	return {
		v: 1,
		device,
		seq: 3,
		entry: someId,
		status: 'stored',
		images: [{ sha256: someDigest, status: 'missing', missing: [[0, 2]] }],
		upto: { seq: 3, id: someId },
		gaps: [[5, 6]],
		time: '2024-07-28T22:15:09Z',
		copies: 1,
	}
}

export function transcriptionPayload(station: string) {
	return {
		v: 1,
		election: 've-2024-presidential',
		station,
		seq: 3,
		prev: someId,
		entry: someId,
		image: someDigest,
		text: '121202007.01.1.0001!23,0!0!0',
		signatures: ['filled', 'filled', 'empty', 'not-visible', 'filled', 'empty'],
		day: '2024-07-29',
	}
}

export function rulingPayload(officer: string) {
	return {
		v: 1,
		election: 've-2024-presidential',
		officer,
		seq: 2,
		prev: someId,
		table: '121202007.01',
		excludes: [someId],
		reason: 'forged-paper',
		rests: 'paper',
		day: '2024-07-30',
	}
}
