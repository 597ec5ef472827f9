import { defineConfig } from 'vitest/config'
import suite from '../../vitest.config.ts'

export default defineConfig({
	test: { ...suite.test, root: import.meta.dirname, include: ['*.fixture.ts'] },
})
