import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** Inputs that reached code of their own, or broke a promise once: base64url, one a line. */
export function corpusPath(target: string): string {
	return fileURLToPath(new URL(`corpus/${target}.txt`, import.meta.url))
}

export async function corpusOf(target: string): Promise<Buffer[]> {
	const text = await readFile(corpusPath(target), 'utf8').catch(() => '')
	return text
		.split('\n')
		.slice(0, -1)
		.map((line) => Buffer.from(line, 'base64url'))
}
