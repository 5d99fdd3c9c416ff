// A link to something folded on the same page (data-opens="its id") opens it there: what is being written stays as it is.
// Without the script the link has the server open it.
export function openFolded(doc) {
  doc.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[data-opens]')
    const folded = link && doc.getElementById(link.dataset.opens)
    if (!folded || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    folded.open = true
    folded.scrollIntoView()
    folded.querySelector('summary').focus({ preventScroll: true })
  })
}
