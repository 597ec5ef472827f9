/**
 * What a centre and the bearer of a stick say to each other, in the heads of frames. The centre greets; then the bearer
 * asks, and is answered in the order in which it asked. Both are of one package: another version is refused by name.
 */
import * as z from 'zod'
import { FileDigest, mostImages } from '../../evidence/fields.ts'
import { Id } from '../../evidence/identity.ts'
import { longestJws } from '../../evidence/jws.ts'
import { chunkSize } from '../../protocol/chunks.ts'
import { mostAnswered } from '../intake.ts'
import type { FrameCaps } from './frames.ts'

export const handInVersion = 1

/** Ids of known devices in one answer. */
export const idsInAnswer = 1_000

/** Receipts in one answer, a line each. */
const mostReceipts = mostAnswered + 1

const headBytes = 64 * 1024
/** Of what a bearer asks: the body is an object's text, or a piece of a file. */
export const questionCaps: FrameCaps = { headBytes, bodyBytes: Math.max(longestJws + 1, chunkSize) }
/** Of what a centre answers: the body is receipts, or its list of centres. */
export const answerCaps: FrameCaps = { headBytes, bodyBytes: mostReceipts * (longestJws + 1) }

export const Greeting = z.looseObject({ v: z.int(), centre: Id })

const FaultSaid = z.strictObject({ code: z.string().max(100), detail: z.string().max(2_000) })

/** In place of any other answer: the centre can't go on, or won't with this bearer. It is the last. */
export const Refusal = z.looseObject({ v: z.int().optional(), fault: FaultSaid })

export const Question = z.discriminatedUnion('ask', [
	z.strictObject({ ask: z.literal('known'), from: z.int().min(0) }),
	z.strictObject({ ask: z.literal('standing') }),
	z.strictObject({ ask: z.literal('take-centres') }),
	z.strictObject({ ask: z.literal('take-entry'), device: Id }),
	z.strictObject({ ask: z.literal('take-head'), device: Id }),
	z.strictObject({ ask: z.literal('take-from-person'), kind: z.enum(['transcription', 'ruling']) }),
	z.strictObject({ ask: z.literal('take-chunk'), device: Id, sha256: FileDigest, index: z.int().min(0) }),
])
export type Question = z.infer<typeof Question>

export const KnownAnswer = z.strictObject({ ids: z.array(Id).max(idsInAnswer), more: z.boolean() })

/** The list of centres is the body. */
export const StandingAnswer = z.strictObject({ isListed: z.boolean() })

export const CentresAnswer = z.strictObject({ isNewer: z.boolean(), refused: FaultSaid.nullable() })

/** Receipts are the body. */
export const EntryAnswer = z.strictObject({
	outcome: z.enum(['stored', 'conflict', 'duplicate', 'quarantined', 'foreign', 'rejected']),
	reason: z.string().max(200),
	held: z
		.strictObject({
			id: z.string().max(100),
			files: z.array(z.strictObject({ sha256: FileDigest, size: z.int().min(0) })).max(mostImages),
		})
		.nullable(),
})

export const PersonAnswer = z.strictObject({
	outcome: z.enum(['stored', 'conflict', 'duplicate', 'quarantined', 'foreign', 'rejected']),
	reason: z.string().max(200),
	isChanged: z.boolean(),
})

export const HeadAnswer = z.strictObject({ outcome: z.enum(['stored', 'known', 'refused']) })

/** Receipts are the body. */
export const ChunkAnswer = z.strictObject({
	outcome: z.enum([
		...(['kept', 'whole', 'held', 'wrong-digest', 'useless'] as const),
		...(['unwanted', 'disk-fault', 'no-room'] as const),
	]),
	fault: FaultSaid.optional(),
})
