import { afterEach, beforeEach, describe } from 'vitest'
import { EmbeddedBroker } from '#src/simulator/broker.js'
import { Station } from '../support/uplink-station.js'
import { type BrokerOfTest, wayToTheCentre } from '../support/way-to-the-centre.js'

describe('through aedes, MQTT 3.1.1', () => {
	let broker: BrokerOfTest
	let station: Station

	beforeEach(async () => {
		let embedded = new EmbeddedBroker()
		await embedded.start()
		const { url } = embedded
		broker = {
			url,
			async up() {
				embedded = new EmbeddedBroker(Number(new URL(url).port))
				await embedded.start()
			},
			down: () => embedded.stop(),
		}
		station = new Station(url, '3.1.1')
	})

	afterEach(async () => {
		await station.stop()
		await broker.down()
	})

	wayToTheCentre(() => ({ broker, station }))
})
