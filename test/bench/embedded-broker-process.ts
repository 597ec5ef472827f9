/** Started by `broker-process.ts`: the embedded broker on the port that it is given. */
import { EmbeddedBroker } from '#src/simulator/broker.js'

await new EmbeddedBroker(Number(process.argv[2])).start()
process.send?.('listening')
