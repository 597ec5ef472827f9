/** Started by `broker-process.ts`: the embedded broker on the port that it is given. */
import { EmbeddedBroker } from '#src/simulator/embedded-broker.js'
import { given } from './forked.ts'

const { port } = await given<{ port: number }>()
await new EmbeddedBroker(port).start()
process.send?.('listening')
