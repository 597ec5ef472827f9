import { defineConfig } from 'vitest/config'
import { common } from '../../vitest.config.ts'

export default defineConfig({
	test: { ...common, root: import.meta.dirname, include: ['*.fixture.ts'] },
})
