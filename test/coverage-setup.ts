/** Vitest ends its processes by a signal, before V8 writes what ran (coverage.ts): it is told to write earlier. */
import { takeCoverage } from 'node:v8'
import { afterAll } from 'vitest'

afterAll(() => takeCoverage())
