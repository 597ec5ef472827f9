/** `npm run build`: what ships, compiled from src/ into dist/. */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
rmSync('dist', { recursive: true, force: true })
const compile = (config) => {
	const { status } = spawnSync('node_modules/.bin/tsc', ['-p', config], { stdio: 'inherit' })
	if (status !== 0) process.exit(status ?? 1)
}
compile('tsconfig.json')
// What runs in the browsers of our own pages: src/**/browser/, served from beside the module that names it.
const forBrowsers = readdirSync('src', { recursive: true }).filter((path) =>
	/\/browser\/[^/]+\.(ts|css)$/.test(path),
)
if (forBrowsers.some((path) => path.endsWith('.ts'))) compile('tsconfig.browser.json')
for (const path of forBrowsers) if (path.endsWith('.css')) cpSync(`src/${path}`, `dist/${path}`)
cpSync('src/simulator/figures', 'dist/simulator/figures', {
	recursive: true,
	filter: (path) => !path.endsWith('.ts'),
})
const seconds = process.env.SOURCE_DATE_EPOCH ?? Date.now() / 1000
writeFileSync('dist/build.json', `${JSON.stringify({ built: new Date(Number(seconds) * 1000) })}\n`)
chmodSync('dist/cli/testigo.js', 0o755)
