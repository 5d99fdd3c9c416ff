// Builds what the pages load: one stylesheet, one script, fonts and an icon sprite, under names that carry a hash of
// their content, each with a gzip beside it, and the manifest that tells the server the names. Needs no network.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'
import { purgeTabler } from './purge.mjs'
import { fontFaces } from './fonts.mjs'
import { sprite } from './icons.mjs'
import { breachedPasswords } from './passwords.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')
const dist = path.join(root, 'web/static/dist')
const limits = { 'app.css': 30 * 1024 } // compressed bytes

// generated hands esbuild the parts that are made at build time.
const generated = {
  name: 'generated',
  setup(build) {
    const parts = { 'generated:tabler': purgeTabler, 'generated:fonts': fontFaces }
    build.onResolve({ filter: /^generated:/ }, (args) => ({ path: args.path, namespace: 'generated' }))
    build.onLoad({ filter: /.*/, namespace: 'generated' }, async (args) => ({
      contents: await parts[args.path](root),
      loader: 'css',
      resolveDir: root,
    }))
  },
}

async function bundle() {
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['web/assets/app.css', 'web/assets/app.js', 'web/assets/asked.js'],
    bundle: true,
    minify: true,
    write: false,
    outdir: dist,
    target: ['es2020', 'chrome109', 'firefox115', 'safari16'],
    format: 'iife',
    loader: { '.woff2': 'file' },
    entryNames: '[name]-[hash]',
    assetNames: 'fonts/[name]-[hash]',
    metafile: true,
    plugins: [generated],
    logLevel: 'warning',
  })
  const names = {}
  for (const [file, about] of Object.entries(result.metafile.outputs)) {
    const built = path.relative('web/static', file)
    const source = about.entryPoint ?? Object.keys(about.inputs)[0]
    names[path.basename(source)] = built
  }
  return { names, files: result.outputFiles.map((f) => [path.relative(path.dirname(dist), f.path), Buffer.from(f.contents)]) }
}

async function main() {
  const { names, files } = await bundle()
  const icons = await sprite(root)
  const hash = createHash('sha256').update(icons.svg).digest('hex').slice(0, 8)
  names['icons.svg'] = `dist/icons-${hash}.svg`
  files.push([names['icons.svg'], Buffer.from(icons.svg)])
  await rm(dist, { recursive: true, force: true })
  for (const [name, content] of files) {
    const target = path.join(path.dirname(dist), name)
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, content)
    if (/\.(css|js|svg)$/.test(name)) await compress(target, name, content, names)
  }
  await writeFile(path.join(dist, 'manifest.json'), JSON.stringify({ files: names, icons: icons.names }, null, 2) + '\n')
  await breachedPasswords(root)
}

async function compress(target, name, content, names) {
  const zipped = gzipSync(content, { level: 9 })
  await writeFile(target + '.gz', zipped)
  console.log(`${name}  ${content.length} bytes, ${zipped.length} compressed`)
  const plain = Object.keys(names).find((n) => names[n] === name)
  if (limits[plain] && zipped.length > limits[plain]) {
    throw new Error(`${plain} is ${zipped.length} bytes compressed, more than ${limits[plain]}`)
  }
}

await main()
