/** Fields that several kinds of evidence share. */
import * as z from 'zod'

/** base64url of a SHA-256: the id of an object, or the genesis of a chain. */
export const ObjectId = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'base64url of a SHA-256')

/** SHA-256 of a file, as `sha256sum` prints it. */
export const FileDigest = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex')

/** 16 random bytes, base64url. A centre that lost its ledger, or part of it, takes another one. */
export const LedgerId = z.string().regex(/^[A-Za-z0-9_-]{22}$/, 'base64url of 16 bytes')

/** 16 random bytes, base64url. */
export const Nonce = z.string().regex(/^[A-Za-z0-9_-]{21}[AQgw]$/, 'base64url of 16 bytes')

export const Seq = z.int().min(1)

/** RFC 3339, UTC. */
export const Instant = z.iso.datetime({ precision: 0 })

/** When, as entries and heads say it: finer would give away who stood at the tray. In the election's zone. */
export const Day = z.iso.date()

/** The same in entries of `v` 1. */
export const WholeMinute = Instant.refine((text) => text.endsWith(':00Z'), 'to the whole minute')

/** The most images that an entry names. */
export const mostImages = 16

/** First and last of a run, both included. */
export const Range = z
	.tuple([z.int().min(0), z.int().min(0)])
	.refine(([first, last]) => first <= last, 'the first is not after the last')
export type Range = z.infer<typeof Range>

/** A place in a device's chain. */
export const Position = z.looseObject({ seq: Seq, id: ObjectId })
export type Position = z.infer<typeof Position>
