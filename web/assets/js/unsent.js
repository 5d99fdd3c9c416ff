// Long texts keep themselves on the server while they are written, every few seconds, and say so. Forms ask for it with
// data-unsent: the script presses their button "keep for later". Without a connection the words stay on the page and are
// kept when it is back.
const quiet = 3000
const again = 5000

export function keepUnsent(doc) {
  doc.querySelectorAll('form[data-unsent]').forEach(watch)
}

function watch(form) {
  const state = form.querySelector('[data-kept-state]')
  let timer
  let request
  let sent = false

  const later = (wait) => {
    clearTimeout(timer)
    if (!sent) timer = setTimeout(keep, wait)
  }
  const say = (words) => {
    if (state.textContent !== words) state.textContent = words
  }
  const keep = async () => {
    request?.abort()
    request = new AbortController()
    const { signal } = request
    const words = new URLSearchParams(new FormData(form))
    words.set('do', 'keep')
    try {
      const answer = await fetch(form.action, { method: 'POST', body: words, headers: { Accept: 'application/json' }, signal })
      if (!answer.ok || answer.redirected) throw new Error(answer.status)
      say((await answer.json()).said)
    } catch {
      if (signal.aborted) return
      say(state.dataset.offline)
      later(again)
    }
  }
  form.addEventListener('input', () => later(quiet))
  window.addEventListener('online', () => {
    if (state.textContent === state.dataset.offline) later(0)
  })
  // What is being sent is not unsent any more: nothing may be kept behind it.
  form.addEventListener('submit', (event) => {
    const elsewhere = event.submitter?.formTarget === '_blank' || event.submitter?.hasAttribute('hx-post')
    if (elsewhere) return
    sent = true
    clearTimeout(timer)
    request?.abort()
  })
  window.addEventListener('pageshow', () => {
    sent = false
  })
}
