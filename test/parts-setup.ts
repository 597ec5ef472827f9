/** Files of tests that share a process (vitest.config.ts): what one sets in the environment goes with it. */
import { afterAll } from 'vitest'

const before = { ...process.env }

afterAll(() => {
	for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
	Object.assign(process.env, before)
})
