import { setFlagsFromString } from 'node:v8'

/**
 * For a process that passes bytes on and holds little: V8 otherwise lets the space for new objects grow to
 * 3 times 16 MB before it looks what of them is still needed. To be called before anything large is loaded. These
 * are hints: a V8 that knows them no more only takes more memory (`test/bench/README.md` has the figures).
 */
export function keepHeapSmall(): void {
	setFlagsFromString('--semi-space-growth-factor=1')
	setFlagsFromString('--optimize-for-size')
}
