import { expect, test } from 'vitest'
import { CentralConfig } from '#src/central/config.js'
import { UplinkConfig } from '#src/uplink/config.js'

const centre = { id: 'centro', publicKey: '/etc/testigo/centre.pem' }

test('defaults that work', () => {
	expect(UplinkConfig.parse({ centre })).toMatchObject({
		journal: '/var/lib/testigo/journal',
		broker: { url: 'mqtt://127.0.0.1:1883', protocol: '5' },
		production: false,
	})
	expect(CentralConfig.parse({})).toMatchObject({
		directory: '/var/lib/testigo/central',
		broker: { protocol: '5' },
	})
})

test('every fault is listed with its path', () => {
	const read = UplinkConfig.safeParse({
		centre: { id: 'C', publicKey: '' },
		broker: { url: 'http://x', keepaliveSeconds: 0 },
		jornal: '/x',
	})
	const paths = read.error?.issues.map(({ path, code }) => `${path.join('.')}:${code}`)
	expect(paths).toEqual(
		expect.arrayContaining([
			'centre.id:invalid_format',
			'centre.publicKey:too_small',
			'broker.url:invalid_format',
			'broker.keepaliveSeconds:too_small',
			':unrecognized_keys',
		]),
	)
})

test.each([
	['mqtt://broker.example:1883', false],
	['mqtt://10.0.0.1', false],
	['mqtt://127.0.0.1.example', false],
	['mqtts://broker.example:8883', true],
	['mqtt://127.0.0.1:1883', true],
	['mqtt://localhost', true],
	['mqtt://[::1]:1883', true],
])('in production %s: %s', (url, good) => {
	for (const read of [
		UplinkConfig.safeParse({ centre, production: true, broker: { url } }),
		CentralConfig.safeParse({ production: true, broker: { url } }),
	]) {
		expect(read.success).toBe(good)
		if (!good) expect(read.error?.issues.map(({ path }) => path.join('.'))).toEqual(['broker.url'])
	}
	expect(UplinkConfig.safeParse({ centre, broker: { url } }).success).toBe(true)
})
