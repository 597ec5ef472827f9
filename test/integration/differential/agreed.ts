/** What all verifiers say of a centre's directory as it lies on the disk: one answer, or the test fails. */
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { withoutChromium } from '../../support/chromium.ts'
import { withoutPython } from '../../support/python.ts'
import {
	type Files,
	type LaidOut,
	ofTestigo,
	PageVerifier,
	PythonVerifier,
	type Verifier,
} from './verifiers.ts'

/** Who is missing here, for the title of a test; empty where all three are there. */
export const missingVerifiers = [withoutPython, withoutChromium].filter((why) => why !== null).join(', ')

export interface Agreed {
	/** By `register.csv` and `election.json` in it. */
	figures(directory: string): Promise<unknown>
	/** As `testigo verify --json` prints it, but for the words. */
	report(directory: string): Promise<unknown>
}

/** Closed when the test has ended. */
export async function openVerifiers(): Promise<Agreed> {
	const others: Verifier[] = []
	onTestFinished(async () => {
		for (const verifier of others) await verifier.close()
	})
	if (withoutPython === null) others.push(new PythonVerifier())
	if (withoutChromium === null) others.push(await PageVerifier.open())
	const agreed = async (
		directory: string,
		ask: (verifier: Verifier, asked: LaidOut[]) => Promise<unknown[]>,
	) => {
		const asked = [{ directory, files: await filesIn(directory) }]
		const [said] = await ask(ofTestigo, asked)
		for (const verifier of others) expect(await ask(verifier, asked), verifier.name).toEqual([said])
		return said
	}
	return {
		figures: (directory) => agreed(directory, (verifier, asked) => verifier.figuresOf(asked)),
		report: (directory) => agreed(directory, (verifier, asked) => verifier.reportsOf(asked)),
	}
}

/** As somebody drops the folder onto the page. */
async function filesIn(directory: string): Promise<Files> {
	const found = await readdir(directory, { recursive: true, withFileTypes: true })
	const paths = found
		.filter((one) => one.isFile())
		.map(({ parentPath, name }) => relative(directory, join(parentPath, name)))
		// Megabytes of nothing, for a disk that is full: more than Chromium takes in at once.
		.filter((path) => !path.startsWith('reserve/'))
	const files = paths.map(async (path) => [path, await readFile(join(directory, path), 'latin1')] as const)
	return Object.fromEntries(await Promise.all(files))
}
