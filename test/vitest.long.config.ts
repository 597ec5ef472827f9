import { defineConfig } from 'vitest/config'
import own from './vitest.config.ts'

/** Suites that take minutes: each has a short form in a file that ends in `.test.ts`. */
export default defineConfig({ test: { ...own.test, include: ['test/**/*.long.ts'] } })
