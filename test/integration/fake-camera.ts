/** Programs named as libcamera's on PATH, which do what a test tells them to. */
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { onTestFinished, vi } from 'vitest'
import type { Lens } from '#src/capture/libcamera/lens.js'

/** What the next picture will be like. */
export type Behaviour =
	| 'good'
	| 'nothing'
	| 'half'
	| 'link'
	| 'second-name'
	| 'other-name'
	| 'busy'
	| 'missing'
	| 'hangs'
	| 'dies'

const shim = fileURLToPath(new URL('../../provisioning/camera/libcamera-still', import.meta.url))

/** A lens whose every setting stands in the command line. */
export const lens: Lens = {
	camera: 2,
	role: 'top',
	size: { width: 4608, height: 2592 },
	exposure: { shutter: 8000, gain: 1.5 },
	whiteBalance: { red: 1.75, blue: 1.5 },
	focus: 4.5,
	rotation: 180,
	crop: { x: 0.25, y: 0, width: 0.5, height: 1 },
}

export class FakeCamera {
	/** A folder in memory, of the test's own. */
	readonly home: string
	/** Where its programs are, and nothing else. */
	readonly bin: string
	readonly picture: Buffer

	private constructor(home: string, bin: string, picture: Buffer) {
		this.home = home
		this.bin = bin
		this.picture = picture
	}

	/** `libcamera-still` is the provisioned one where `shimmed`, else `rpicam-still` under its old name. */
	static async install(shimmed = true): Promise<FakeCamera> {
		const home = await mkdtemp('/dev/shm/testigo-')
		onTestFinished(() => rm(home, { recursive: true, force: true }))
		const picture = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#884422' } })
			.jpeg()
			.toBuffer()
		// Nothing may be run from /dev/shm on some machines.
		const bin = await mkdtemp(join(tmpdir(), 'testigo-bin-'))
		onTestFinished(() => rm(bin, { recursive: true, force: true }))
		const fake = new FakeCamera(home, bin, picture)
		await writeFile(join(home, 'picture.jpg'), picture)
		await writeFile(join(home, 'half.jpg'), picture.subarray(0, picture.length >> 1))
		await writeFile(join(home, 'other.jpg'), picture)
		await fake.next('good')
		await program(join(bin, 'rpicam-still'), still(home))
		await program(join(bin, 'rpicam-vid'), video(home))
		if (shimmed) await copyFile(shim, join(bin, 'libcamera-still'))
		else await program(join(bin, 'libcamera-still'), still(home))
		vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH']}`)
		onTestFinished(() => {
			vi.unstubAllEnvs()
		})
		// What hangs goes on when it is gone.
		onTestFinished(() => fake.next('good'))
		return fake
	}

	async next(behaviour: Behaviour): Promise<void> {
		// In one step: a program that hangs reads it all the time.
		await writeFile(join(this.home, 'behaviour.new'), behaviour)
		await rename(join(this.home, 'behaviour.new'), join(this.home, 'behaviour'))
	}

	/** The words of each start, oldest first. */
	async calls(): Promise<string[]> {
		const kept = await readFile(join(this.home, 'calls'), 'utf8').catch(() => '')
		return kept.split('\n').filter((line) => line !== '')
	}

	/** Is the program that was started last still there? It is one that stays. */
	async runs(): Promise<boolean> {
		const pid = await readFile(join(this.home, 'pid'), 'utf8')
		return existsSync(`/proc/${pid.trim()}`)
	}
}

async function program(path: string, text: string): Promise<void> {
	await writeFile(path, text)
	await chmod(path, 0o755)
}

/** One picture, or with --signal one at each SIGUSR1, as rpicam-apps 1.5 does by its source. */
function still(home: string): string {
	return `#!/bin/sh
echo "$*" >> ${home}/calls
out= latest= signal=
while [ $# -gt 0 ]; do
	case $1 in
		--output) out=$2; shift ;;
		--latest) latest=$2; shift ;;
		--signal) signal=1 ;;
	esac
	shift
done
behaviour() { cat ${home}/behaviour; }
take() {
	case $(behaviour) in
		good) cp ${home}/picture.jpg "$1" ;;
		nothing) ;;
		half) cp ${home}/half.jpg "$1" ;;
		link) ln -s ${home}/other.jpg "$1" ;;
		second-name) ln ${home}/other.jpg "$1" ;;
		other-name) cp ${home}/picture.jpg "$1.jpg" ;;
		hangs) while [ "$(behaviour)" = hangs ]; do sleep 0.05; done; cp ${home}/picture.jpg "$1" ;;
		dies) exit 3 ;;
	esac
}
case $(behaviour) in
	busy)
		echo 'INFO Camera camera.cpp:1008 Pipeline handler in use by another process' >&2
		echo 'ERROR: *** failed to acquire camera /base/axi/pcie@1000120000/rp1/i2c@88000/imx708@1a ***' >&2
		exit 255 ;;
	missing) echo 'ERROR: *** no cameras available ***' >&2; exit 255 ;;
esac
if [ -z "$signal" ]; then take "$out"; exit 0; fi

echo $$ > ${home}/pid
# Until the camera is open the signal ends it.
sleep 0.1
asked= number=0
trap 'asked=1' USR1
trap 'exit 0' TERM
while :; do
	if [ -n "$asked" ]; then
		asked=
		file=$(printf "$out" $number)
		number=$((number + 1))
		take "$file"
		if [ "$(behaviour)" = link ]; then file=${home}/other.jpg; fi
		# fs::exists follows the link; fs::create_symlink throws where one is.
		if [ -e "$latest" ]; then rm "$latest"; fi
		ln -s "$file" "$latest" || exit 255
	fi
	sleep 0.02
done
`
}

/** A stream of the pictures frame-0.jpg, frame-1.jpg … over and over. */
function video(home: string): string {
	return `#!/bin/sh
echo "$*" >> ${home}/calls
case $(cat ${home}/behaviour) in
	missing) echo 'ERROR: *** no cameras available ***' >&2; exit 255 ;;
	nothing) exec sleep 600 ;;
esac
echo $$ > ${home}/pid
trap 'exit 0' TERM PIPE
while :; do
	for frame in ${home}/frame-*.jpg; do cat "$frame" || exit 0; sleep 0.05; done
done
`
}
