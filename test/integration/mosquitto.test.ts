import { afterEach, beforeEach, describe, test } from 'vitest'
import { freePort, Mosquitto, withoutMosquitto } from '../support/mosquitto.ts'
import { Station } from '../support/uplink-station.js'
import { wayToTheCentre } from '../support/way-to-the-centre.js'

if (withoutMosquitto !== null) {
	test.skip(`through mosquitto, MQTT 5: ${withoutMosquitto}`, () => {})
} else {
	describe('through mosquitto, MQTT 5', () => {
		let broker: Mosquitto
		let station: Station

		beforeEach(async () => {
			broker = new Mosquitto(await freePort())
			await broker.up()
			station = new Station(broker.url, '5')
		})

		afterEach(async () => {
			await station.stop()
			await broker.clear()
		})

		wayToTheCentre(() => ({ broker, station }))
	})
}
