// Shows what needs a passkey only where the browser can do it, and says so when it fails.
(function () {
  'use strict'
  if (!window.PublicKeyCredential) {
    document.querySelectorAll('[data-no-passkey]').forEach(function (part) { part.hidden = false })
    return
  }
  document.querySelectorAll('[data-passkey]').forEach(function (part) { part.hidden = false })
  document.addEventListener('allauth.error', function (event) {
    event.preventDefault()
    document.querySelectorAll('[data-passkey-error]').forEach(function (part) { part.hidden = false })
  })
})()
