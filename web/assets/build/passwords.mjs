// Writes the list of the commonest passwords of past breaches for package internal/breached: in small letters, sorted by
// bytes, one a line, compressed.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { gzipSync } from 'node:zlib'

const source = 'node_modules/@zxcvbn-ts/language-common/src/passwords.json'
const target = 'internal/breached/dist/passwords.txt.gz'
const least = 30_000 // a list that shrank below this is another list

export async function breachedPasswords(root) {
  const listed = JSON.parse(await readFile(path.join(root, source), 'utf8'))
  const all = [...new Set(listed.map((p) => p.toLowerCase()).filter((p) => !/[\r\n]/.test(p)))].map((p) => Buffer.from(p))
  if (all.length < least) throw new Error(`${source} holds ${all.length} passwords only`)
  const zipped = gzipSync(all.sort(Buffer.compare).join('\n'), { level: 9 })
  await mkdir(path.dirname(path.join(root, target)), { recursive: true })
  await writeFile(path.join(root, target), zipped)
  console.log(`${target}  ${all.length} passwords, ${zipped.length} bytes compressed`)
}
