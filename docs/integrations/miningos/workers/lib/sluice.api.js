'use strict'

const READ_TIMEOUT_MS = 5000
// Sluice answers every change within ten seconds, if only to say that it is under way.
const WRITE_TIMEOUT_MS = 12000
const PENDING_LOOKS = 60
const PENDING_LOOK_MS = 1000
const WORKERS_PAGE = 500
const MAX_WORKER_PAGES = 200

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** In Sluice's own words: which step of which pool failed, and what helps. */
function why (said) {
  return [
    said.step && `step ${said.step}`,
    said.upstream && `upstream ${said.upstream}`,
    said.detail || said.reason || said.title || 'no reason was given'
  ].filter(Boolean).join(': ')
}

/** Asks a Sluice. Whatever is not answered with success is thrown: MiningOS takes all else for success. */
class SluiceApi {
  #token

  /** @param {{apiUrl: string, token: string}} conf token as `sluice token` printed it; scope read, or operate to switch pools */
  constructor ({ apiUrl, token }) {
    if (!apiUrl) throw new Error('ERR_SLUICE_API_URL_MISSING')
    if (!token) throw new Error('ERR_SLUICE_TOKEN_MISSING')
    this.apiUrl = apiUrl.replace(/\/+$/, '')
    this.#token = token
  }

  status () {
    return this.#ask('GET', '/api/v1/status')
  }

  pools () {
    return this.#ask('GET', '/api/v1/pools')
  }

  async upstreams () {
    return (await this.#ask('GET', '/api/v1/upstreams')).upstreams
  }

  /** Every user identity that mined since Sluice started. */
  async workers () {
    const all = []
    let cursor = ''
    for (let page = 0; page < MAX_WORKER_PAGES; page++) {
      const { workers, next_cursor: next } = await this.#ask('GET', `/api/v1/workers?limit=${WORKERS_PAGE}${cursor}`)
      all.push(...workers)
      if (!next) break
      cursor = `&cursor=${encodeURIComponent(next)}`
    }
    return all
  }

  /**
   * Has the farm mine for these pools, the best first; comes back when it does.
   *
   * @param {{poolUrls: {url: string, workerName: string, workerPassword?: string}[]}} config
   * @param {string} [goal] whose pools are meant; needed only where there are several goals
   */
  async updatePools (config, goal) {
    let change = await this.#ask('POST', '/module/v1/call/update_pool_config', { config, goal })
    for (let look = 0; change.result === 'pending' && look < PENDING_LOOKS; look++) {
      await pause(PENDING_LOOK_MS)
      change = await this.#ask('GET', `/api/v1/changes/${encodeURIComponent(change.change)}`)
    }
    if (change.result !== 'applied') {
      throw new Error(`ERR_SLUICE_${change.result.toUpperCase()}: change ${change.change}: ${why(change)}`)
    }
    return change
  }

  async #ask (method, path, body) {
    let answer
    let text
    try {
      answer = await fetch(this.apiUrl + path, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(body && { 'content-type': 'application/json' })
        },
        body: body && JSON.stringify(body),
        // The token is for this address and no other.
        redirect: 'error',
        signal: AbortSignal.timeout(body ? WRITE_TIMEOUT_MS : READ_TIMEOUT_MS)
      })
      text = await answer.text()
    } catch (e) {
      throw new Error(`ERR_SLUICE_UNREACHABLE: ${this.apiUrl}: ${e.cause?.message || e.message}`)
    }
    let said
    try {
      said = JSON.parse(text)
    } catch (e) {
      throw new Error(`ERR_SLUICE_HTTP_${answer.status}: ${this.apiUrl}${path} answers no JSON`)
    }
    if (!answer.ok) {
      throw new Error(`ERR_SLUICE_HTTP_${answer.status}: ${why(said)}`)
    }
    return said
  }
}

module.exports = SluiceApi
