'use strict'

const TetherWrkBase = require('@tetherto/tether-wrk-base/workers/base.wrk.tether')
const mingo = require('mingo')
const SluiceApi = require('./lib/sluice.api')

const POOL_TYPE = 'sluice'
const MAX_PAGE = 100
const FRESH_MS = 30000

/** Shows MiningOS what Sluice knows of hashrates and workers. Sluice is asked when somebody looks, and not more often. */
class WrkMinerPoolRackSluice extends TetherWrkBase {
  constructor (conf, ctx) {
    super(conf, ctx)
    if (!ctx.rack) throw new Error('ERR_PROC_RACK_UNDEFINED')
    this.prefix = `${this.wtype}-${ctx.rack}`
    // By key, what is kept: histories of pools, of which a gateway has none.
    this.data = { transactions: [], blocks: [], 'workers-count': [], 'stats-history': [] }
    this.init()
    this.start()
  }

  init () {
    super.init()
    this.loadConf('sluice', 'sluice')
    this.api = new SluiceApi(this.conf.sluice)
  }

  _start (cb) {
    super._start((err) => {
      if (err) return cb(err)
      this.net_r0.rpcServer.respond('getWrkExtData', (req) => this.net_r0.handleReply('getWrkExtData', req))
      cb()
    })
  }

  async getWrkExtData ({ query }) {
    if (!query) throw new Error('ERR_QUERY_INVALID')
    if (!query.key) throw new Error('ERR_KEY_INVALID')
    const data = await this._answer(query)
    return query.fields && Object.keys(query.fields).length > 0 ? this._projection(data, query.fields) : data
  }

  async _answer (query) {
    switch (query.key) {
      case 'stats':
        return (await this._look()).stats
      case 'workers':
        return this._workers(query, (await this._look()).workers)
      default:
        return Object.hasOwn(this.data, query.key) ? this.data[query.key] : undefined
    }
  }

  /** With a time range MiningOS wants a history, of which we have the last moment. */
  _workers ({ offset = 0, limit = MAX_PAGE, name, start, end }, { ts, workers }) {
    const wanted = name ? workers.filter((worker) => worker.name === name) : workers
    const page = { ts, workers: wanted.slice(offset, offset + Math.min(limit, MAX_PAGE)) }
    if (!start || !end) return page
    return start <= ts && ts <= end ? [page] : []
  }

  _look () {
    if (!this.looking || Date.now() - this.lookedAt >= FRESH_MS) {
      const looking = this._ask()
      this.looking = looking
      this.lookedAt = Date.now()
      // Whoever waits for it hears of it; the next one asks again.
      looking.catch(() => { if (this.looking === looking) this.looking = null })
    }
    return this.looking
  }

  async _ask () {
    const [status, pools, known] = await Promise.all([this.api.status(), this.api.pools(), this.api.workers()])
    const ts = Date.now()
    const username = pools.upstreams[0]?.user || POOL_TYPE
    const workers = known.map((worker) => ({
      poolType: POOL_TYPE,
      username,
      id: worker.user,
      name: worker.user,
      online: worker.connections > 0 ? 1 : 0,
      last_updated: Date.parse(worker.shares.last_accepted_at) || 0,
      ...hashrates(worker.hashrate)
    }))
    return {
      workers: { ts, workers },
      stats: {
        ts,
        stats: [{
          poolType: POOL_TYPE,
          username,
          timestamp: ts,
          // Money is the pool's to tell.
          balance: 0,
          unsettled: 0,
          revenue_24h: 0,
          estimated_today_income: 0,
          ...hashrates(status.hashrate),
          worker_count: workers.length,
          active_workers_count: workers.filter((worker) => worker.online).length,
          yearlyBalances: []
        }]
      }
    }
  }

  _projection (data, fields) {
    const all = (documents) => new mingo.Query({}).find(documents, fields).all()
    return Array.isArray(data) ? all(data) : all([data])[0]
  }
}

/** What was stale is in no window of Sluice's. */
function hashrates (rate) {
  return {
    hashrate: rate['1m'],
    hashrate_1h: rate['1h'],
    hashrate_24h: rate['1d'],
    hashrate_stale_1h: 0,
    hashrate_stale_24h: 0
  }
}

module.exports = WrkMinerPoolRackSluice
