'use strict'

// What Node.js gives a worker, on top of what the test's host object can do.
globalThis.AbortSignal = { timeout: (ms) => ({ ms }) }

globalThis.setTimeout = (then, ms) => host.later(then, ms)

globalThis.fetch = async (url, { method, headers, body, redirect, signal }) => {
  const { status, text, trouble } = host.request(method, url, JSON.stringify(headers), body || '', signal.ms)
  const cause = trouble || (redirect === 'error' && status >= 300 && status < 400 ? 'unexpected redirect' : '')
  if (cause) throw new TypeError('fetch failed', { cause: new Error(cause) })
  return { status, ok: status >= 200 && status < 300, text: async () => text }
}
