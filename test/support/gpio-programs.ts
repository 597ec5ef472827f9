/** Programs that stand in for libgpiod's, over plain files. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { program } from './camera-programs.ts'

/** The flags that a version takes before its first line, of those that Testigo might use; any other ends it. */
const grammars = {
	1: {
		mon: "--line-buffered|'--format=%e %s %n'|--bias=pull-up",
		get: '--bias=pull-up',
		set: '--mode=signal|--mode=exit',
	},
	2: {
		mon: "'--format=%e %S'|--chip=gpiochip0|--bias=pull-up",
		get: '--numeric|--chip=gpiochip0|--bias=pull-up',
		set: '--chip=gpiochip0|--toggle=0',
	},
} as const

/** Puts them into `bin` in `home`, beside the lines: `level` is read, what `edges` grows by after that is printed, `held` says what is driven. A line may have a `level-17` and `edges-17` of its own. */
export async function writeGpioPrograms(home: string, major: 1 | 2): Promise<string> {
	const bin = join(home, 'bin')
	await mkdir(bin)
	for (const [name, text] of Object.entries(gpioPrograms(home, major))) await program(join(bin, name), text)
	await writeFile(join(home, 'level'), '1\n')
	await writeFile(join(home, 'edges'), '')
	return bin
}

/** A line for `edges`, as `gpiomon` prints an edge of now, or of so many milliseconds ago. */
export function edgeLine(major: 1 | 2, high: boolean, agoMs = 0): string {
	const at = process.hrtime.bigint() - BigInt(agoMs) * 1_000_000n
	const [seconds, nanoseconds] = [at / 1_000_000_000n, at % 1_000_000_000n]
	return major === 1
		? `${high ? 1 : 0} ${seconds} ${nanoseconds}\n`
		: `${high ? 1 : 2} ${seconds}.${String(nanoseconds).padStart(9, '0')}\n`
}

/** By name, as shell scripts. */
export function gpioPrograms(home: string, major: 1 | 2): Readonly<Record<string, string>> {
	const words = (allowed: string) => `#!/bin/sh
if [ "$1" = --version ]; then echo "\${0##*/} (libgpiod) v${major === 1 ? '1.6.3' : '2.2.1'}"; exit 0; fi
while :; do
	case $1 in
		${allowed}) shift ;;
		-*) echo "unrecognized option '$1'" >&2; exit 1 ;;
		*) break ;;
	esac
done
${major === 1 ? 'if [ "$1" != gpiochip0 ]; then echo "no chip $1" >&2; exit 1; fi\nshift' : ''}
`
	const own = (name: string) => `file=${home}/${name}-$1\nif [ ! -e $file ]; then file=${home}/${name}; fi\n`
	return {
		gpiodetect: `#!/bin/sh
echo 'gpiochip0 [pinctrl-rp1] (54 lines)'
echo 'gpiochip10 [gpio-brcmstb@107d508500] (32 lines)'
`,
		// What happened before is never printed, and nothing in between is lost.
		gpioget: `${words(grammars[major].get)}${own('edges')}wc -c < $file > ${home}/past-$1\n${own('level')}cat $file\n`,
		gpiomon: `${words(grammars[major].mon)}echo $$ >> ${home}/monitors
${own('edges')}exec tail -c +$(($(cat ${home}/past-$1) + 1)) -s 0.02 -f $file
`,
		// A line is had by one at a time.
		gpioset: `#!/bin/sh
case " $* " in *' --mode=exit '* | *' --toggle=0 '*) once=1 ;; *) once= ;; esac
${words(grammars[major].set)}taken=${home}/taken-\${1%=*}
ended=
trap 'ended=1' TERM
if ! mkdir $taken 2>/dev/null; then echo busy >&2; exit 1; fi
echo "$1" >> ${home}/held
while [ -z "$once$ended" ]; do sleep 0.02; done
rmdir $taken
`,
	}
}
