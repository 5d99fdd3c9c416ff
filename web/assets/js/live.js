// Parts of a page that refresh themselves (data-live) leave whoever works in them alone, and put back what a reader had
// opened, and where the keyboard stood.
export function keepLive(doc) {
  let place
  doc.addEventListener('htmx:beforeRequest', (event) => {
    if (isLive(event.target) && (doc.hidden || busy(doc, event.target))) event.preventDefault()
  })
  doc.addEventListener('htmx:beforeSwap', (event) => {
    const part = event.target
    if (!isLive(part)) return
    if (!event.detail.serverResponse.includes('data-live')) {
      event.detail.shouldSwap = false
      doc.location.reload() // signed out meanwhile: the page says so
      return
    }
    if (busy(doc, part)) event.detail.shouldSwap = false
    else place = remember(doc, part)
  })
  doc.addEventListener('visibilitychange', () => {
    if (!doc.hidden) doc.querySelectorAll('[data-live]').forEach((e) => e.dispatchEvent(new Event('look')))
  })
  doc.addEventListener('htmx:afterSwap', () => {
    if (place) restore(doc, place)
    place = undefined
  })
}

const isLive = (e) => e.matches?.('[data-live]')

// Somebody presses, types or marks words: the next time will do.
function busy(doc, part) {
  const marked = doc.getSelection()
  if (marked && !marked.isCollapsed && part.contains(marked.anchorNode)) return true
  return part.contains(doc.activeElement) && doc.activeElement.matches('button, input, select, textarea')
}

function remember(doc, part) {
  const at = part.contains(doc.activeElement) ? doc.activeElement : undefined
  return {
    id: part.id,
    open: [...part.querySelectorAll('details[open][id]')].map((d) => d.id),
    at: at && [...part.querySelectorAll(at.localName)].filter((e) => same(e, at)).indexOf(at),
    was: at,
  }
}

const same = (a, b) => a.getAttribute('href') === b.getAttribute('href') && a.closest('details')?.id === b.closest('details')?.id

function restore(doc, { id, open, at, was }) {
  const part = doc.getElementById(id)
  for (const each of open) doc.getElementById(each)?.setAttribute('open', '')
  if (!was) return
  const again = [...part.querySelectorAll(was.localName)].filter((e) => same(e, was))
  ;(again[at] ?? again[0])?.focus({ preventScroll: true })
}
