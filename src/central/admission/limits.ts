/** How much a centre takes, of one device and in all: settings with their usual values. */
import * as z from 'zod'

const mebibyte = 1 << 20

/** Of each device by itself. */
export const DeviceLimits = z.strictObject({
	entries: z.int().min(1).default(100_000).describe('Entries that are kept, of every kind and version.'),
	bytes: z
		.int()
		.min(mebibyte)
		.default(64 * 1024 * mebibyte)
		.describe('Bytes that are kept: entries, receipts, heads and pictures.'),
	partialFiles: z
		.int()
		.min(1)
		.default(32)
		.describe('Pictures half received at one time; the one longest untouched makes room.'),
	partialBytes: z
		.int()
		.min(mebibyte)
		.default(1024 * mebibyte)
		.describe('Bytes that these have when they are whole.'),
})
export type DeviceLimits = z.infer<typeof DeviceLimits>

/** Of the disk, below which something is taken no more. */
export const DiskLimits = z.strictObject({
	pictures: z
		.int()
		.min(0)
		.default(1024 * mebibyte)
		.describe('Bytes free for pictures to be taken; long before entries stop.'),
	entries: z
		.int()
		.min(0)
		.default(128 * mebibyte)
		.describe('Bytes free for entries to be taken; before the ledger is at risk.'),
	reserve: z
		.int()
		.min(1 << 16)
		.default(32 * mebibyte)
		.describe('Bytes put aside, to finish what was begun.'),
})
export type DiskLimits = z.infer<typeof DiskLimits>
