/** Writes the digest of its script into provisioning/verify/verify.html: `npx tsx test/vectors/digest-of-page.ts`. */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

const page = new URL('../../provisioning/verify/verify.html', import.meta.url)
const text = readFileSync(page, 'utf8')
const script = /<script>(.*)<\/script>/s.exec(text)?.[1] ?? ''
const digest = createHash('sha256').update(script).digest('base64')
writeFileSync(page, text.replace(/'sha256-[^']*'/, `'sha256-${digest}'`))
