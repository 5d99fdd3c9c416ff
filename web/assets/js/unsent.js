// Long texts keep themselves on the server while they are written, every few seconds, and say so. Forms ask for it with
// data-unsent: the script presses their button "keep for later". Without a connection the words stay on the page and are
// kept when it is back. Whoever leaves the page takes nothing with them: what was typed last is kept on the way out.
const quiet = 3000
const longest = 15000 // however steadily somebody types
const again = 5000
const light = 60000 // bytes that a browser still sends for a page that is being left

export function keepUnsent(doc) {
  doc.querySelectorAll('form[data-unsent]').forEach(watch)
  doc.querySelectorAll('form[data-saves]').forEach(saveOnLeaving)
}

// A file is no word: it is stored when its form is sent.
function wordsOf(form) {
  return new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === 'string'))
}

function watch(form) {
  const state = form.querySelector('[data-kept-state]')
  let timer
  let request
  let sent = false
  let since = 0 // when the first of what is not kept yet was typed; 0: all is kept

  const later = (wait) => {
    clearTimeout(timer)
    if (!sent) timer = setTimeout(keep, wait)
  }
  const say = (words) => {
    if (state.textContent !== words) state.textContent = words
  }
  const kept = () => {
    const words = wordsOf(form)
    words.set('do', 'keep')
    return words
  }
  const post = (words, more) => fetch(form.action, { method: 'POST', body: words, headers: { Accept: 'application/json' }, ...more })
  const keep = async () => {
    request?.abort()
    request = new AbortController()
    const { signal } = request
    const began = since
    since = 0
    try {
      const answer = await post(kept(), { signal })
      if (!answer.ok || answer.redirected) throw new Error(answer.status)
      say((await answer.json()).said)
    } catch {
      since = began || since
      if (signal.aborted) return
      say(state.dataset.offline)
      later(again)
    }
  }
  const leave = () => {
    if (!since || sent) return
    clearTimeout(timer)
    const words = kept()
    const keepalive = words.toString().length < light
    post(words, { keepalive }).catch(() => {})
  }
  form.addEventListener('input', () => {
    since ||= Date.now()
    later(Math.max(0, Math.min(quiet, since + longest - Date.now())))
  })
  window.addEventListener('online', () => {
    if (state.textContent === state.dataset.offline) later(0)
  })
  // What is being sent is not unsent any more: nothing may be kept behind it.
  form.addEventListener('submit', (event) => {
    const elsewhere = event.submitter?.formTarget === '_blank' || event.submitter?.hasAttribute('hx-post')
    if (elsewhere) return
    sent = true
    since = 0 // also when its page comes out of the browser's memory again
    clearTimeout(timer)
    request?.abort()
  })
  window.addEventListener('pageshow', () => {
    sent = false
  })
  window.addEventListener('pagehide', leave)
  // A form that came back with what is wrong with it holds what was typed last before it was sent.
  if (form.ownerDocument.querySelector('meta[name="shown-at"]')) {
    since = Date.now()
    later(0)
  }
  form.ownerDocument.addEventListener('visibilitychange', () => {
    if (form.ownerDocument.visibilityState === 'hidden') leave()
  })
  // More than a browser sends after the page is gone: only staying saves it.
  window.addEventListener('beforeunload', (event) => {
    if (since && !sent && kept().toString().length >= light) event.preventDefault()
  })
}

// A form that saves itself as it is changed (data-saves) saves what was typed last when its page is left.
function saveOnLeaving(form) {
  let changed = false
  form.addEventListener('input', () => {
    changed = true
  })
  form.addEventListener('submit', () => {
    changed = false
  })
  form.addEventListener('htmx:afterRequest', (event) => {
    if (event.detail.successful) changed = false
  })
  window.addEventListener('pagehide', () => {
    if (!changed) return
    const words = wordsOf(form)
    fetch(form.action, { method: 'POST', body: words, headers: { 'HX-Request': 'true' }, keepalive: words.toString().length < light }).catch(() => {})
  })
  // A page out of the browser's memory does not know what was saved on leaving it.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted && changed) window.location.reload()
  })
}
