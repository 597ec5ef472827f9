import { InvalidArgumentError, Option } from 'commander'

/** Reads a whole number between two bounds, both included. */
export function wholeNumber(least: number, most: number): (text: string) => number {
	return (text) => {
		const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN
		if (value >= least && value <= most) return value
		throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
	}
}

/** Reads one of a few numbers or words. */
export function oneOf<T extends number | string>(values: readonly T[]): (text: string) => T {
	return (text) => {
		const value = values.find((one) => String(one) === text)
		if (value !== undefined) return value
		throw new InvalidArgumentError(`It must be one of ${values.join(', ')}.`)
	}
}

export function languageOption(): Option {
	return new Option('--language <language>', 'of the fingerprint words').choices(['es', 'en']).default('es')
}
