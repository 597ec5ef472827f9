/** What answers of authorities of time say; openssl makes and verifies them in `integration/time-stamps.test.ts`. */
import { expect, test } from 'vitest'
import { readTimeStamp, stampedDigest, timeStampRequest } from '#src/mirroring/time-stamp.js'
import { targets } from '../fuzz/targets.ts'
import { codeOf, gotten } from '../support/result.ts'

const answer = Buffer.from(targets['time-stamp']?.seeds[0] ?? '')

test('an answer says of what, and when; a refusal, another hash and what is cut off say nothing', () => {
	const read = gotten(readTimeStamp(answer))
	expect(read).toMatchObject({ digest: stampedDigest('x'), time: '2026-11-30T16:24:28Z' })
	expect(read.nonce?.toString('hex')).toBe('00b66ae439e0557818')
	const refusal = Buffer.from(answer)
	refusal[8] = 2
	expect(codeOf(readTimeStamp(refusal))).toBe('bad-time-stamp')
	expect(codeOf(readTimeStamp(answer.subarray(0, -1)))).toBe('bad-time-stamp')
	const other = Buffer.from(
		answer
			.toString('latin1')
			.replaceAll(
				'\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04',
				'\x60\x86\x48\x01\x65\x03\x04\x02\x04\x05\x00\x04',
			),
		'latin1',
	)
	expect(readTimeStamp(other)).toMatchObject({
		ok: false,
		fault: { detail: expect.stringContaining('another hash') },
	})
})

test('a number in a request is spelled as short as it can be', () => {
	const numberOf = (...nonce: number[]) =>
		timeStampRequest(Buffer.alloc(32), Buffer.from(nonce)).subarray(56, -3).toString('hex')
	expect(numberOf(0, 0, 7)).toBe('020107')
	expect(numberOf(0x80, 1)).toBe('0203008001')
	expect(numberOf(0, 0)).toBe('020100')
})
