/** Whether times of lines and publications name a device: by the usual ripeness, no better than by chance among twenty. */
import { expect, test } from 'vitest'
import { ripeOf } from '#src/publishing/ripeness.js'
import { Random } from '#src/simulator/random.js'
import { shortOrLong } from '../support/short-or-long.ts'
import { entryByEntry, LineMatcher, type RipenessRule, simulateDay } from './line-matching.ts'

const devices = 120
const { learned, tried } = shortOrLong({ short: { learned: 2, tried: 3 }, long: { learned: 30, tried: 200 } })

interface Named {
	readonly named: number
	readonly of: number
}

/** Of the devices of many days, all and those that came by crowds alone. */
function matched(rule: RipenessRule, days: number): { readonly all: Named; readonly byCrowd: Named } {
	const matcher = new LineMatcher()
	for (let day = 0; day < learned; day++)
		matcher.learn(simulateDay(new Random(`learned ${day}`), { devices, rule }))
	const all = { named: 0, of: 0 }
	const byCrowd = { named: 0, of: 0 }
	for (let number = 0; number < days; number++) {
		const random = new Random(`tried ${number}`)
		const day = simulateDay(random, { devices, rule })
		const late = new Set(day.publications.flatMap((one) => (one.isByCrowd ? [] : [...one.brought.keys()])))
		for (const [device, line] of matcher.name(day, random).entries()) {
			for (const counted of late.has(device) ? [all] : [all, byCrowd]) {
				counted.of++
				if (line === device) counted.named++
			}
		}
	}
	return { all, byCrowd }
}

/** That chance among twenty names as many, or more. */
function chanceOf({ named, of }: Named): number {
	let [term, below] = [0.95 ** of, 0]
	for (let count = 0; count < named; count++) {
		below += term
		term *= ((of - count) / (count + 1)) * (0.05 / 0.95)
	}
	return 1 - below
}

test('times of lines and publications name a device no better than chance among twenty', () => {
	const { all, byCrowd } = matched(ripeOf, tried)
	expect(all.of).toBe(devices * tried)
	expect(chanceOf(byCrowd)).toBeGreaterThan(1e-6)
	expect(chanceOf(all)).toBeGreaterThan(1e-6)
})

test('who knows the times names many where entries come one by one', () => {
	const { all } = matched(entryByEntry, shortOrLong({ short: 1, long: 50 }))
	expect(all.named / all.of).toBeGreaterThan(0.25)
	expect(chanceOf(all)).toBeLessThan(1e-6)
})
