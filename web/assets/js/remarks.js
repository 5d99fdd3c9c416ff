// Comments on paragraphs: words selected in a paragraph are quoted in its comment, a suggestion begins with the words it
// would replace, and another comment finds room without the page being shown again.
export function remarks(doc) {
  const form = doc.querySelector('.review-form')
  if (!form) return
  form.addEventListener('click', (event) => pressed(event, form))
  form.addEventListener('change', (event) => chosen(event))
  form.addEventListener('input', (event) => quoteTyped(event))
  form.addEventListener('restoring', (event) => makeRoom(form, event.detail))
  form.addEventListener('restored', () => tidy(form))
  tidy(form)
  pickWords(doc, form)
}

const part = (comment, name) => comment.querySelector(`[name^="${name}-"]`)
const kindOf = (comment) => comment.querySelector('.kinds input:checked')?.value

// An empty quote takes no room: words are selected. A suggestion needs it.
function tidy(form) {
  form.querySelectorAll('.comment').forEach((comment) => {
    const quote = part(comment, 'quote')
    const wrong = quote.getAttribute('aria-invalid')
    comment.querySelector('.quoted').hidden = !quote.value && !wrong && kindOf(comment) !== 'suggestion'
    quote.dataset.was ??= quote.value
  })
}

function pressed(event, form) {
  const another = event.target.closest('[data-another]')
  if (another) {
    event.preventDefault()
    part(add(another.closest('.block')), 'comment').focus()
    return
  }
  const summary = event.target.closest('.comment-on > summary')
  if (!summary) return
  event.preventDefault() // opened here, so that a telephone shows its keyboard with the same tap
  const details = summary.parentElement
  details.open = !details.open
  if (details.open) part(details, 'comment').focus()
}

function chosen(event) {
  if (!event.target.closest('.kinds')) return
  const comment = event.target.closest('.comment')
  suggest(comment)
  tidy(comment.closest('form'))
}

function suggest(comment) {
  const [quote, instead] = [part(comment, 'quote'), part(comment, 'replacement')]
  if (kindOf(comment) === 'suggestion' && !instead.value) instead.value = quote.value
}

// While the words suggested are those quoted they follow them.
function quoteTyped(event) {
  const quote = event.target
  if (!quote.name?.startsWith('quote-')) return
  const comment = quote.closest('.comment')
  const instead = part(comment, 'replacement')
  if (kindOf(comment) === 'suggestion' && instead.value === (quote.dataset.was ?? '')) instead.value = quote.value
  quote.dataset.was = quote.value
  part(comment, 'prefix').value = part(comment, 'suffix').value = '' // of other words
}

// add makes an empty comment out of the first one, its fields numbered after the last.
function add(block) {
  const all = block.querySelectorAll('.comment')
  const comment = all[0].cloneNode(true)
  const number = block.dataset.block
  const own = new RegExp(`^(f-)?(comment|quote|replacement|kind)-${number}(?=-[a-z]|$)`)
  comment.querySelectorAll('.field-error').forEach((e) => e.remove())
  comment.querySelectorAll('*').forEach((e) => {
    e.classList.remove('has-error')
    e.removeAttribute('aria-invalid')
    for (const name of ['id', 'for', 'aria-describedby']) {
      if (e.hasAttribute(name)) e.setAttribute(name, e.getAttribute(name).split(' ')[0].replace(own, `$&-${all.length}`))
    }
    if (e.type === 'radio') {
      e.name = `kind-${number}-${all.length}`
      e.checked = false
    } else if ('value' in e && e.name) {
      e.value = ''
      delete e.dataset.was
    }
  })
  all[all.length - 1].after(comment)
  tidy(block.closest('form'))
  return comment
}

function makeRoom(form, words) {
  form.querySelectorAll('.block[data-block]').forEach((block) => {
    const wanted = words[`comment-${block.dataset.block}`]?.length ?? 1
    while (block.querySelectorAll('.comment').length < wanted) add(block)
  })
}

const context = 32
const pause = 250
const lag = 400 // a tap on the button takes the selection away before it arrives

function pickWords(doc, form) {
  const bar = doc.querySelector('[data-pick]')
  const state = doc.querySelector('[data-pick-state]')
  const button = bar.querySelector('button')
  doc.querySelector('[data-pick-how]').hidden = false
  let picked
  let timer
  const look = () => {
    const now = selected(doc, form)
    if (!now && bar.contains(doc.activeElement)) return
    picked = now
    bar.hidden = !picked
    state.textContent = picked ? state.dataset.said : ''
    if (picked && bar.parentElement !== picked.block) picked.prose.after(bar) // the next stop of the tab key
  }
  doc.addEventListener('selectionchange', () => {
    clearTimeout(timer)
    timer = setTimeout(look, doc.getSelection().isCollapsed ? lag : pause)
  })
  button.addEventListener('pointerdown', (event) => event.preventDefault())
  button.addEventListener('click', () => {
    if (!picked) return
    quote(picked)
    picked = undefined
    bar.hidden = true
    state.textContent = ''
    form.dispatchEvent(new Event('input')) // it is kept like what is typed
  })
}

function quote({ block, exact, prefix, suffix }) {
  const empty = [...block.querySelectorAll('.comment')].find((c) => !part(c, 'quote').value && !part(c, 'replacement').value)
  const comment = empty ?? add(block)
  block.querySelector('.comment-on').open = true
  part(comment, 'quote').value = part(comment, 'quote').dataset.was = exact
  part(comment, 'prefix').value = prefix
  part(comment, 'suffix').value = suffix
  suggest(comment)
  tidy(comment.closest('form'))
  part(comment, 'comment').focus()
}

// selected returns the words selected in a paragraph that can be commented on, as they are read, with what stands around them.
// What is selected beyond its end is left out.
function selected(doc, form) {
  const selection = doc.getSelection()
  if (!selection.rangeCount || selection.isCollapsed) return undefined
  const range = selection.getRangeAt(0)
  const start = range.startContainer
  const prose = (start.nodeType === Node.ELEMENT_NODE ? start : start.parentElement).closest('.block[data-block] > .prose')
  if (!prose || !form.contains(prose)) return undefined
  const [before, words, after] = [doc.createRange(), range.cloneRange(), doc.createRange()]
  if (!prose.contains(range.endContainer)) words.setEnd(prose, prose.childNodes.length)
  before.setStart(prose, 0)
  before.setEnd(words.startContainer, words.startOffset)
  after.setStart(words.endContainer, words.endOffset)
  after.setEnd(prose, prose.childNodes.length)
  const exact = read(words)
  const trimmed = exact.trim()
  if (!trimmed || trimmed.length > 1000) return undefined
  return {
    block: prose.parentElement, prose, exact: trimmed,
    prefix: [...(read(before).trimStart() + exact.slice(0, exact.length - exact.trimStart().length))].slice(-context).join(''),
    suffix: [...(exact.slice(exact.trimEnd().length) + read(after).trimEnd())].slice(0, context).join(''),
  }
}

// read is a range's text as the server reads it: in one line, without the numbers of footnotes.
function read(range) {
  const words = []
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return words.push(node.data)
    if (node.nodeType === Node.ELEMENT_NODE && node.matches('sup, .footnote-backref')) return undefined
    const inside = node.nodeType !== Node.ELEMENT_NODE || node.matches('a, em, strong, del, code')
    if (!inside) words.push(' ')
    node.childNodes.forEach(walk)
    if (!inside) words.push(' ')
    return undefined
  }
  walk(range.cloneContents())
  return words.join('').replace(/\s+/g, ' ')
}
