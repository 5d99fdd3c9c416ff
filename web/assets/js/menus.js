// The menus are <details>: they open without a script; with one they also close when one is done with them.
export function closeMenus(doc) {
  const open = () => doc.querySelectorAll('details.menu[open]')
  doc.addEventListener('click', (event) => {
    open().forEach((menu) => menu.contains(event.target) || menu.removeAttribute('open'))
  })
  doc.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    open().forEach((menu) => {
      menu.removeAttribute('open')
      menu.querySelector('summary').focus()
    })
  })
}
