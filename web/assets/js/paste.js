// What is pasted from a word processor or a page comes as HTML beside its plain text: in a field that takes Markdown its
// headings, emphasis, links, lists and tables are kept. Ctrl+Z takes it back; paste without formatting is left alone.
export function pasteMarkdown(doc) {
  doc.addEventListener('paste', (event) => {
    const area = event.target
    const html = event.clipboardData?.getData('text/html')
    if (!html || !area.matches?.('.writing textarea')) return
    const words = toMarkdown(html)
    if (!words) return
    event.preventDefault()
    insert(doc, area, words)
  })
}

// execCommand is the only way of writing that the field's own undo knows; where it is gone, the words still arrive.
function insert(doc, area, words) {
  area.focus()
  if (doc.execCommand?.('insertText', false, words)) return
  area.setRangeText(words, area.selectionStart, area.selectionEnd, 'end')
  area.dispatchEvent(new Event('input', { bubbles: true }))
}

export function toMarkdown(html) {
  const body = new DOMParser().parseFromString(unstyled(html), 'text/html').body
  body.querySelectorAll('script, style, template, title, meta, link').forEach((e) => e.remove())
  return blocks(body).join('\n\n').trim()
}

// The pages' Content-Security-Policy refuses inline styles even in a document that is never shown; what they say of
// weight and slant is read from data-style instead.
const unstyled = (html) => html.replace(/<style[\s\S]*?<\/style>/gi, '').replace(/(<[a-z][^>]*?\s)style(\s*=)/gi, '$1data-style$2')

const blockish = 'address, article, blockquote, div, dl, figure, footer, h1, h2, h3, h4, h5, h6, header, hr, main, ol, p, pre, section, table, ul'
const isBlock = (node) => node.nodeType === Node.ELEMENT_NODE && (node.matches(blockish) || node.querySelector(blockish) !== null)

// blocks returns the blocks of a container; words that stand between blocks are paragraphs of their own.
function blocks(container) {
  const found = []
  let loose = ''
  const flush = () => {
    if (loose.trim()) found.push(tidy(loose))
    loose = ''
  }
  for (const node of container.childNodes) {
    if (isBlock(node)) {
      flush()
      found.push(...block(node))
    } else {
      loose += inline(node)
    }
  }
  flush()
  return found
}

function block(e) {
  const level = /^H([1-6])$/.exec(e.tagName)?.[1]
  if (level) {
    const words = tidy(plain(e))
    return words ? ['#'.repeat(level) + ' ' + words.replaceAll('\n', ' ')] : []
  }
  if (e.tagName === 'UL' || e.tagName === 'OL') return [list(e)]
  if (e.tagName === 'TABLE') return table(e)
  if (e.tagName === 'BLOCKQUOTE') return [blocks(e).join('\n\n').replace(/^/gm, '> ')]
  return blocks(e)
}

function list(e) {
  const lines = []
  for (const item of e.children) {
    if (item.matches('ul, ol')) {
      lines.push(list(item).replace(/^/gm, '   ')) // word processors nest lists beside their item
    } else {
      const mark = e.tagName === 'OL' ? lines.filter((l) => !l.startsWith(' ')).length + 1 + '. ' : '- '
      lines.push(mark + blocks(item).join('\n').replaceAll('\n', '\n' + ' '.repeat(mark.length)))
    }
  }
  return lines.join('\n')
}

function table(e) {
  const rows = [...e.rows].map((r) => [...r.cells].map((c) => blocks(c).join(' ').replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')))
  if (!rows.length) return []
  const width = Math.max(...rows.map((r) => r.length))
  const line = (cells) => '| ' + Array.from({ length: width }, (_, i) => cells[i] ?? '').join(' | ') + ' |'
  return [[line(rows[0]), line(Array(width).fill('---')), ...rows.slice(1).map(line)].join('\n')]
}

function inline(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data.replace(/\s+/g, ' ').replace(/([\\`*_[\]<])/g, '\\$1')
  if (node.nodeType !== Node.ELEMENT_NODE) return ''
  if (node.tagName === 'BR') return '\n'
  const words = [...node.childNodes].map(inline).join('')
  const style = node.dataset.style ?? ''
  const weight = /font-weight:\s*(\w+)/i.exec(style)?.[1]
  if (node.tagName === 'A' && /^(https?|mailto):/i.test(node.getAttribute('href') ?? '')) return around(words, '[', `](${node.href})`)
  if (weight !== 'normal' && (node.matches('b, strong') || weight === 'bold' || weight >= 600)) return around(words, '**', '**')
  if (node.matches('i, em') || /font-style:\s*italic/i.test(style)) return around(words, '*', '*')
  return words
}

// plain is inline without emphasis: a heading is emphasis enough.
const plain = (e) => [...e.childNodes].map((n) => (n.childNodes.length && n.tagName !== 'A' ? plain(n) : inline(n))).join('')

// around marks words; the blanks at their ends stay outside, as Markdown wants it.
function around(words, before, after) {
  const [, start, core, end] = /^(\s*)([\s\S]*?)(\s*)$/.exec(words)
  return core ? start + before + core + after + end : words
}

const tidy = (words) => words.replace(/[ \t]+/g, ' ').replace(/ *\n */g, '\n').trim()
