import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Suites of whole processes first: they take longest, and one that begins last keeps one core waiting for the other. */
export class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const sorted = await super.sort(files)
		const isLong = ({ moduleId }: TestSpecification) => moduleId.includes('/test/integration/')
		return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
	}
}
