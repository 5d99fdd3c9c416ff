// Progress that htmx refreshes is said aloud only when its words change, and not more often than every ten seconds.
const pause = 10_000

export function announce(doc) {
  let said = doc.querySelector('[data-announce]')?.textContent.trim() ?? ''
  let at = 0
  doc.addEventListener('htmx:afterSwap', (event) => {
    const words = event.target.querySelector?.('[data-announce]')?.textContent.trim()
    if (!words || words === said || Date.now() - at < pause) return
    said = words
    at = Date.now()
    region(doc).textContent = words
  })
}

function region(doc) {
  let live = doc.getElementById('live')
  if (!live) {
    live = doc.createElement('div')
    live.id = 'live'
    live.className = 'visually-hidden'
    live.setAttribute('role', 'status')
    doc.body.append(live)
  }
  return live
}
