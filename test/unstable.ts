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
export const unstableTests: readonly UnstableTest[] = []
