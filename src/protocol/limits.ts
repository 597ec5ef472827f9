/** Messages in flight at one time: entries without a receipt and chunks without an acknowledgement. */
export const mostInFlight = 16

/** Of these, chunks: on a slow line a fresh entry waits behind them. */
export const mostChunksInFlight = 4

/** Bytes of the largest frame that a kiosk takes in: 50 MP as uncompressed RGB, and something over. */
export const largestFrameBytes = 160 * 1024 * 1024

/** Bytes of the largest file taken in: the largest frame, and what sealing adds to it (1 KB and 16 bytes per 64 KiB). */
export const largestFileBytes = largestFrameBytes + 1024 * 1024

/** Milliseconds between two statuses of a device that is connected. */
export const statusEveryMs = 30_000

/** Milliseconds after which a device that was not heard is gone, whatever it said last: its will may be lost. */
export const silentAfterMs = 4 * statusEveryMs

/** The `reason` of a receipt that refuses what is over a device's quota at the centre. */
export const quotaReason = 'quota'

/** Bytes of a status message. */
export const largestStatusBytes = 4 * 1024
