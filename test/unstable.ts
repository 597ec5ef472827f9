import type { SuiteReport } from './suite-reporter.ts'

/** A test that is known to fail now and then: it gets a second try in CI until the cause is found. */
interface UnstableTest {
	/** From the repository's root. */
	readonly file: string
	/** With the names of what it stands in. */
	readonly test: string
	/** Day on which it was seen, and why it may fail though nothing is wrong. */
	readonly since: string
	readonly reason: string
}

/** Empty is the aim. */
const unstableTests: readonly UnstableTest[] = []

/** The files that get a second try; none when something else failed, so that it would change nothing. */
export function filesToTryAgain(
	{ died, failed, otherwiseWrong }: SuiteReport,
	known: readonly UnstableTest[] = unstableTests,
): string[] {
	const isKnown = (one: SuiteReport['failed'][number]) =>
		known.some(({ file, test }) => one.file === file && one.test === test)
	if (otherwiseWrong || !failed.every(isKnown)) return []
	return [...new Set([...died, ...failed].map(({ file }) => file))]
}
