// A second click must not send a second answer. The server holds that promise (each form carries the number of its
// decision); here the button merely shows that the first click was heard.
export function guardForms(doc) {
  doc.addEventListener('submit', (event) => {
    const form = event.target
    const button = event.submitter
    if (event.defaultPrevented || button?.hasAttribute('data-repeatable') || form.target === '_blank') return
    if (form.dataset.sent) {
      event.preventDefault()
      return
    }
    form.dataset.sent = 'yes'
    // After the browser has gathered the fields: a disabled button would not be among them.
    setTimeout(() => mark(form, true), 0)
  })
  // A page that comes back from the browser's memory must be usable again.
  window.addEventListener('pageshow', () => doc.querySelectorAll('form[data-sent]').forEach((f) => mark(f, false)))
  doc.addEventListener('htmx:afterRequest', (event) => {
    const form = event.target.closest?.('form')
    if (form) mark(form, false)
  })
  leadToErrors(doc)
}

function mark(form, sent) {
  if (!sent) delete form.dataset.sent
  for (const button of form.querySelectorAll('button[type=submit]:not([data-repeatable])')) {
    button.setAttribute('aria-busy', String(sent))
    button.disabled = sent
  }
}

// The summary of errors is read first, wherever the page opened.
function leadToErrors(doc) {
  const ready = () => doc.getElementById('error-summary')?.focus()
  if (doc.readyState === 'loading') doc.addEventListener('DOMContentLoaded', ready)
  else ready()
}
