// Going back and forward through the pages of a question, and loading them again, sends nothing and asks for nothing twice.
export function keepHistory(doc) {
  // What a form answered with stands for the page of that form: going back to it opens that page.
  const shownAt = doc.querySelector('meta[name="shown-at"]')
  if (shownAt) window.history.replaceState(null, '', shownAt.content)
  // Who goes on to look at what they wrote comes back to the form with their words in it.
  doc.addEventListener('submit', (event) => {
    const kept = event.submitter?.value === 'look' && event.target.dataset.keptAt
    if (kept && !event.defaultPrevented) window.history.replaceState(null, '', kept)
  })
  // A page out of the browser's memory does not know what was sent since: nothing is pressed on it until it is loaded anew.
  window.addEventListener('pageshow', (event) => {
    const stale = event.persisted && doc.querySelector('[data-fresh]')
    if (!stale) return
    stale.inert = true
    window.location.reload()
  })
}
