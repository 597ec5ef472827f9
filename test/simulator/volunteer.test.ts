import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import type { Clock } from '#src/platform/clock.js'
import { ActaPrinter, type PrintOrder } from '#src/simulator/acta-printer.js'
import { SimulatedVolunteer } from '#src/simulator/volunteer.js'
import { openQrReader, paper, text } from './fixtures.ts'

const order = (seed: string): PrintOrder => ({ paper, severity: 0, seed, megapixels: 3 })

let folder: string
let printer: ActaPrinter
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'testigo-volunteer-'))
	printer = new ActaPrinter(presidential2024)
})
afterEach(async () => {
	await printer.stop()
	await rm(folder, { recursive: true })
})

/** Every wait ends at once and is written down. */
function hurriedClock(waits: number[]): Clock {
	return {
		wall: () => 0,
		monotonic: () => 0,
		after(milliseconds, action) {
			waits.push(milliseconds)
			queueMicrotask(action)
			return () => {}
		},
	}
}

test('files appear whole, in order, at the pace given, and say what was printed', async () => {
	await printer.start()
	const waits: number[] = []
	const volunteer = new SimulatedVolunteer(printer, folder, hurriedClock(waits), 700)
	const read = await openQrReader()
	const files: string[] = []
	for await (const scan of volunteer.scan([order('a'), order('b')])) {
		files.push(scan.file)
		expect(await readdir(folder)).toEqual(files)
		const [code] = await read(await readFile(join(folder, scan.file)))
		expect(code?.text).toBe(text)
		expect(scan).toMatchObject({ text, severity: 0 })
	}
	expect(files).toEqual(['scan-0001.jpg', 'scan-0002.jpg'])
	expect(waits).toEqual([700])
})

test('stops when told to', async () => {
	await printer.start()
	const stop = new AbortController()
	const volunteer = new SimulatedVolunteer(printer, folder, hurriedClock([]), 0)
	for await (const _ of volunteer.scan([order('a'), order('b'), order('c')], stop.signal)) stop.abort()
	expect(await readdir(folder)).toEqual(['scan-0001.jpg'])
})

test('the printer applies overrides, and prints the same after it was stopped and started again', async () => {
	await expect(printer.print(order('a'))).rejects.toThrow('not started')
	await printer.start()
	const first = await printer.print(order('a'))
	const dark = await printer.print({ ...order('a'), overrides: { tray: 0.01 } })
	expect(dark.photograph).toEqual({ ...first.photograph, tray: 0.01 })
	expect(Buffer.from(dark.jpeg).equals(first.jpeg)).toBe(false)
	const abandoned = printer.print(order('b'))
	const rejected = expect(abandoned).rejects.toThrow('stopped')
	await printer.stop()
	await rejected
	await printer.start()
	expect(Buffer.from((await printer.print(order('a'))).jpeg).equals(first.jpeg)).toBe(true)
})

test('an order that fails is one failure, and the next is printed', async () => {
	await printer.start()
	const impossible = printer.print({ ...order('a'), overrides: { jpegQuality: 1000 } })
	await expect(impossible).rejects.toThrow('quality')
	expect((await printer.print(order('a'))).jpeg.length).toBeGreaterThan(10_000)
})
