/** What issue 3 asks for, and whether this run shows it. */
import { spreadIfAny, type Table } from '../table.ts'
import { firstTryRatio, timesOf } from './first-try.ts'
import { growthOf, type Life } from './large-frames.ts'
import { levels, percent, wrongOf } from './tables.ts'
import { firstResults, ofKind, readRate, readWithin, stripsIn } from './tally.ts'
import { type EngineName, engineNames, type Outcome } from './task.ts'

interface Aim {
	readonly what: string
	readonly aim: string
	readonly measured: string
	/** Null when the run has nothing to say. */
	readonly met: boolean | null
	/** A wrong reading or a phantom: the run fails. */
	readonly grave?: boolean
}

/** Of rendered actas: the least rate, and within how many shots. */
const rates = [
	['S0-S2, one shot', 0.995, 1, levels(0, 2)],
	['S0-S5, one shot', 0.85, 1, levels(0, 5)],
	['S0-S2 with pen on each, one shot', 0.97, 1, levels(0, 2, 'pen')],
	['S0-S2, up to three shots', 0.999, 3, levels(0, 2)],
	['S3-S4, up to three shots', 0.9, 3, levels(3, 4)],
] as const

export function aimsOf(
	outcomes: readonly Outcome[],
	absent: readonly EngineName[],
	life: Life | null,
): Aim[] {
	const strips = stripsIn(outcomes)
	const isCodeless = ({ task }: Outcome) =>
		task.kind === 'codeless' || (task.kind === 'photograph' && task.text === null)
	const codeless = outcomes.filter(isCodeless)
	const wrong = wrongOf(
		outcomes.filter((outcome) => !isCodeless(outcome)),
		'testigo',
	)
	const phantoms = wrongOf(codeless, 'testigo')
	const rate = ([what, aim, shots, holds]: (typeof rates)[number]): Aim => {
		const of = (engine: EngineName) => readWithin(strips.filter(holds), engine, shots)?.share
		const [ours, alone] = [of('testigo'), of('zxing')]
		return {
			...{ what, aim: `at least ${percent(aim)} %`, met: ours === undefined ? null : ours >= aim },
			measured: ours === undefined ? '' : `${percent(ours)} % (zxing alone ${percent(alone) ?? 'no'} %)`,
		}
	}
	return [
		{
			what: `wrong, in ${strips.length} rendered strips and all photographs`,
			...{ aim: '0', measured: String(wrong), met: wrong === 0, grave: true },
		},
		{
			what: `phantoms, on ${codeless.length} frames without a code`,
			...{ aim: '0', measured: String(phantoms), met: codeless.length === 0 ? null : phantoms === 0 },
			grave: true,
		},
		photographsAim(outcomes, absent),
		...rates.map(rate),
		...timeAims(outcomes),
		...lifeAims(life),
	]
}

function photographsAim(outcomes: readonly Outcome[], absent: readonly EngineName[]): Aim {
	const showing = ofKind(outcomes, 'photograph').filter(
		({ task }) => task.kind === 'photograph' && task.text !== null,
	)
	const readBy = (engine: EngineName) => readRate(firstResults(showing, engine))?.count ?? 0
	const peers = engineNames.filter((name) => name !== 'testigo' && !absent.includes(name))
	const best = Math.max(...peers.map(readBy))
	return {
		what: `photographs read, of ${showing.length}`,
		aim: 'more than every peer',
		measured: `${readBy('testigo')} (best peer ${best})`,
		met: showing.length === 0 ? null : readBy('testigo') > best,
	}
}

function timeAims(outcomes: readonly Outcome[]): Aim[] {
	const times = timesOf(outcomes)
	const under = (what: string, bound: number, value: number | null | undefined, unit: string): Aim => ({
		...{ what, aim: `at most ${bound}${unit}`, met: value == null ? null : value <= bound },
		measured: value == null ? '' : `${value.toFixed(value < 10 ? 2 : 0)}${unit}`,
	})
	const rescue = spreadIfAny([...times.rescueRead, ...times.rescueInVain])
	return [
		under('first try on ready grey, to zxing alone', 1.1, firstTryRatio(times), ''),
		under('12 MP JPEG to answer, CPU, median', 200, spreadIfAny(times.large)?.median, ' ms'),
		under('rescue, 95th percentile', 500, rescue?.p95, ' ms'),
	]
}

/** Memory that ends within a twentieth of where it began is flat. */
function lifeAims(life: Life | null): Aim[] {
	if (life === null) return []
	const growth = growthOf(life)
	return [
		{
			what: 'event loop held, longest',
			aim: 'at most 20 ms',
			measured: `${life.reading.longest.toFixed(1)} ms (idle ${life.idle.longest.toFixed(1)} ms)`,
			met: life.reading.longest <= 20,
		},
		{
			what: `memory over ${life.resident.length} frames of 12 MP, last tenth to second`,
			aim: 'flat: at most 1.05',
			measured: growth === null ? '' : growth.toFixed(3),
			met: growth === null ? null : growth <= 1.05,
		},
	]
}

export function aimsTable(aims: readonly Aim[]): Table {
	return {
		title: 'What must be shown',
		columns: ['', 'aim', 'measured', 'met'],
		rows: aims.map(({ what, aim, measured, met }) => [
			what,
			aim,
			measured,
			met === null ? 'not measured' : met ? 'yes' : 'NO',
		]),
	}
}

/** False when anything was read wrong or a phantom appeared. */
export function isSound(aims: readonly Aim[]): boolean {
	return aims.every(({ grave, met }) => grave !== true || met !== false)
}
