/** Programs that stand in for rpicam-apps: shell scripts that read from `home` what to do. */
import { chmod, writeFile } from 'node:fs/promises'

export async function program(path: string, text: string): Promise<void> {
	await writeFile(path, text)
	await chmod(path, 0o755)
}

/** `home` says what to do in `behaviour`, or to one camera of several in `behaviour-<number>`. One picture, or with --signal one at each SIGUSR1, as rpicam-apps 1.5 does by its source. */
export function still(home: string): string {
	return `#!/bin/sh
echo "$*" >> ${home}/calls
out= latest= signal= camera=
while [ $# -gt 0 ]; do
	case $1 in
		--camera) camera=$2; shift ;;
		--output) out=$2; shift ;;
		--latest) latest=$2; shift ;;
		--signal) signal=1 ;;
	esac
	shift
done
behaviour() { if [ -e ${home}/behaviour-$camera ]; then cat ${home}/behaviour-$camera; else cat ${home}/behaviour; fi; }
take() {
	case $(behaviour) in
		good) cp ${home}/picture.jpg "$1" ;;
		once) cp ${home}/picture.jpg "$1"; echo hangs > ${home}/behaviour ;;
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
export function video(home: string): string {
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
