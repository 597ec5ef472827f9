/** Checkpoints stamped by an authority of time that is openssl behind a web server, and verified offline. */
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { copyOf, mirror, publishedCentre } from '../mirroring/mirrored.ts'
import { actaText } from '../support/journal-maker.ts'
import { execute, testigo } from '../support/processes.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const config = `
[tsa]
default_tsa = one
[one]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa-key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
[tsa_ext]
extendedKeyUsage = critical,timeStamping
[ca_ext]
basicConstraints = critical,CA:true
[req]
distinguished_name = dn
[dn]
`

/** Gives its address and the certificate that vouches for it. `answer` may change what it says. */
async function authorityOfTime(answer: (reply: Buffer) => Buffer = (reply) => reply) {
	const cwd = await temporaryFolder()
	const openssl = (...words: string[]) => execute('openssl', words, { cwd })
	writeFileSync(join(cwd, 'tsa.cnf'), config)
	writeFileSync(join(cwd, 'serial'), '01\n')
	const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-config', 'tsa.cnf']
	await openssl(
		'req',
		'-x509',
		...ec,
		'-extensions',
		'ca_ext',
		'-subj',
		'/CN=ca',
		'-keyout',
		'ca-key.pem',
		'-out',
		'ca.pem',
	)
	await openssl('req', ...ec, '-subj', '/CN=tsa', '-keyout', 'tsa-key.pem', '-out', 'tsa.csr')
	const ca = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial', '-extfile', 'tsa.cnf']
	await openssl('x509', '-req', '-in', 'tsa.csr', ...ca, '-extensions', 'tsa_ext', '-out', 'tsa.pem')
	const server = createServer(async (request, response) => {
		writeFileSync(join(cwd, 'query'), await buffer(request))
		const words = ['ts', '-reply', '-queryfile', 'query', '-config', 'tsa.cnf', '-out', 'reply']
		await promisify(execFile)('openssl', words, { cwd })
		response.end(answer(readFileSync(join(cwd, 'reply'))))
	})
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	onTestFinished(() => {
		server.closeAllConnections()
		server.close()
	})
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, trusted: join(cwd, 'ca.pem') }
}

test.skipIf(spawnSync('openssl', ['version']).status !== 0)(
	'a checkpoint is stamped, carried by mirrors, and verified offline; what is another’s is not kept',
	async () => {
		const made = await publishedCentre()
		const { url, trusted } = await authorityOfTime()
		const stamp = (...words: string[]) => testigo('stamp', made.archive, '--authority', ...words)
		const stamped = await stamp(url, url, '--trusted', trusted)
		expect(stamped).toMatchObject({ status: 0 })
		expect(stamped.out).toMatch(/"path":"checkpoints\/2\.1\.tsr".*"isVerified":true/)
		expect(stamped.out).toMatch(/"path":"checkpoints\/2\.2\.tsr"/)
		const verify = async (archive: string, by: string) =>
			(await testigo('verify', archive, '--rehearsal', '--trusted', by)).out.match(/^Time stamp.*$/gm)
		expect(await verify(made.archive, trusted)).toHaveLength(2)
		expect((await verify(made.archive, trusted))?.[0]).toContain('verified by openssl')

		const stranger = await authorityOfTime()
		expect((await verify(made.archive, stranger.trusted))?.[0]).toContain('NOT VERIFIED')
		expect(await stamp(stranger.url, '--trusted', trusted)).toMatchObject({
			...{ status: 1, err: expect.stringContaining('not-trusted') },
		})
		const first = readFileSync(join(made.archive, 'checkpoints', '2.1.tsr'))
		const lying = await authorityOfTime(() => first)
		expect(await stamp(lying.url)).toMatchObject({ err: expect.stringContaining('other-time-stamp') })
		const silent = await authorityOfTime(() => Buffer.from('<html>'))
		expect(await stamp(silent.url)).toMatchObject({ err: expect.stringContaining('bad-time-stamp') })

		await made.centre.acta('k-one', actaText(1))
		await made.publish()
		const copy = join(made.home, 'copy')
		gotten(await mirror(copyOf(made.archive, join(made.home, 'shown')), copy))
		expect(await verify(copy, trusted)).toHaveLength(2)
	},
)
