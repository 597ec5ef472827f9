/** Ed25519 (RFC 8032, section 5.1.7), to verify only: by the browser, or by arithmetic where that can't or says no. */
import { hex, toHex, toInteger } from './bytes.js'

const prime = 2n ** 255n - 19n
const orderOfBase = 2n ** 252n + 27742317777372353535851937790883648493n
const curveD = modulo(-121665n * powerOf(121666n, prime - 2n))
const rootOfMinus1 = powerOf(2n, (prime - 1n) / 4n)
/** The y of all points whose order divides 8, little-endian: under such a key one signature fits many texts. */
const smallOrder = new Set([
	'00'.repeat(32),
	`01${'00'.repeat(31)}`,
	`ec${'ff'.repeat(30)}7f`,
	'26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
	'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
])
const basePoint = decodedPoint(hex(`58${'66'.repeat(31)}`))

/** Whether signatures by this key mean anything. That it is a point at all shows when one verifies. */
export function isEd25519Key(key) {
	if (key.length !== 32) return false
	const y = Uint8Array.from(key)
	y[31] &= 127
	return !smallOrder.has(toHex(y)) && littleEndian(y) < prime
}

/** A browser may refuse points that RFC 8032 takes; what it takes is good. So its yes counts, and its no is looked into. */
export async function verifiesEd25519(key, message, signature) {
	if (signature.length !== 64) return false
	return (
		(await verifiesInBrowser(key, message, signature)) ||
		(await verifiesByArithmetic(key, message, signature))
	)
}

async function verifiesInBrowser(key, message, signature) {
	try {
		const own = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify'])
		return await crypto.subtle.verify('Ed25519', own, signature, message)
	} catch {
		return false
	}
}

/** Without the cofactor: R is compared as bytes. */
export async function verifiesByArithmetic(key, message, signature) {
	const scalar = littleEndian(signature.subarray(32))
	const point = decodedPoint(key)
	if (scalar >= orderOfBase || point === null) return false
	const hashed = new Uint8Array([...signature.subarray(0, 32), ...key, ...message])
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-512', hashed))
	const [x, y, z, t] = point
	const negative = [modulo(-x), y, z, modulo(-t)]
	const sum = sumOfMultiples(scalar, basePoint, littleEndian(digest) % orderOfBase, negative)
	return toHex(encodedPoint(sum)) === toHex(signature.subarray(0, 32))
}

function modulo(number) {
	const rest = number % prime
	return rest < 0n ? rest + prime : rest
}

function powerOf(number, exponent) {
	let [result, base] = [1n, modulo(number)]
	for (let rest = exponent; rest > 0n; rest >>= 1n) {
		if (rest & 1n) result = modulo(result * base)
		base = modulo(base * base)
	}
	return result
}

function littleEndian(bytes) {
	return toInteger(Uint8Array.from(bytes).reverse())
}

/** Points in extended coordinates: x = X/Z, y = Y/Z, x y = T/Z (section 5.1.4). Holds for equal ones too. */
function sumOfPoints([x1, y1, z1, t1], [x2, y2, z2, t2]) {
	const [a, b] = [modulo((y1 - x1) * (y2 - x2)), modulo((y1 + x1) * (y2 + x2))]
	const [c, d] = [modulo(2n * curveD * t1 * t2), modulo(2n * z1 * z2)]
	const [e, f, g, h] = [b - a, d - c, d + c, b + a]
	return [modulo(e * f), modulo(g * h), modulo(f * g), modulo(e * h)]
}

function sumOfMultiples(times, point, otherTimes, other) {
	const both = sumOfPoints(point, other)
	let sum = [0n, 1n, 1n, 0n]
	for (let bit = 252n; bit >= 0n; bit--) {
		sum = sumOfPoints(sum, sum)
		const [isHere, isThere] = [(times >> bit) & 1n, (otherTimes >> bit) & 1n]
		if (isHere || isThere) sum = sumOfPoints(sum, isHere && isThere ? both : isHere ? point : other)
	}
	return sum
}

/** Section 5.1.3; null for what is no point. */
function decodedPoint(bytes) {
	const number = littleEndian(bytes)
	const [y, isOdd] = [number & (2n ** 255n - 1n), number >> 255n]
	if (y >= prime) return null
	const [u, v] = [modulo(y * y - 1n), modulo(curveD * y * y + 1n)]
	let x = modulo(u * v ** 3n * powerOf(u * v ** 7n, (prime - 5n) / 8n))
	if (modulo(v * x * x) === modulo(-u)) x = modulo(x * rootOfMinus1)
	if (modulo(v * x * x) !== u || (x === 0n && isOdd === 1n)) return null
	if ((x & 1n) !== isOdd) x = prime - x
	return [x, y, 1n, modulo(x * y)]
}

function encodedPoint([x, y, z]) {
	const inverse = powerOf(z, prime - 2n)
	const number = modulo(y * inverse) | ((modulo(x * inverse) & 1n) << 255n)
	return hex(number.toString(16).padStart(64, '0')).reverse()
}
