'use strict'

const BaseMiner = require('@tetherto/miningos-tpl-wrk-miner/workers/lib/base')

// What MiningOS writes where an operator gave no password.
const NO_PASSWORD = '.'

const mhs = (hashesPerSecond) => Math.round(hashesPerSecond / 1e4) / 100

/** A Sluice, as a thing of MiningOS: its pools are those of the whole farm, and no machine is told when they change. */
class SluiceGateway extends BaseMiner {
  /**
   * @param {SluiceApi} api
   * @param {object} opts of the thing: `address`, and `goal` where the Sluice has several
   */
  constructor (api, opts) {
    super(opts)
    this.api = api
  }

  /** Without the id of the thing behind the names: what MiningOS appends there tells machines apart, and this is none. */
  async setPools (pools) {
    if (!Array.isArray(pools)) throw new Error('ERR_SLUICE_POOLS_MISSING: give them to the action, or in config/base.thing.json')
    const poolUrls = pools
      .filter((pool) => pool.url?.trim())
      .map((pool) => ({
        url: pool.url.trim(),
        workerName: pool.worker_name,
        ...(pool.worker_password && pool.worker_password !== NO_PASSWORD && { workerPassword: pool.worker_password })
      }))
    if (poolUrls.length === 0) throw new Error('ERR_SLUICE_POOLS_EMPTY')
    await this.api.updatePools({ poolUrls }, this.opts.goal)
    this.updateLastSeen()
    return { success: true }
  }

  async getPools () {
    const [pools, upstreams] = await Promise.all([this.api.pools(), this.api.upstreams()])
    const goal = this.opts.goal ? pools.goals.find((one) => one.name === this.opts.goal) : pools.goals[0]
    if (!goal) throw new Error(`ERR_SLUICE_GOAL_UNKNOWN: ${this.opts.goal}`)
    this.updateLastSeen()
    return goal.upstreams
      .map((name) => upstreams.find((one) => one.name === name))
      .filter(Boolean)
      .map((one, priority) => ({
        url: one.url || one.name,
        username: one.user || '',
        status: one.state === 'lost' ? 'Dead' : 'Alive',
        priority,
        accepted: one.shares.accepted,
        rejected: one.shares.rejected,
        stale: one.shares.stale
      }))
  }

  async _prepSnap () {
    const [status, pools] = await Promise.all([this.api.status(), this.getPools()])
    const errors = status.reasons.map((reason) => ({
      name: status.state === 'down' ? 'all_pools_dead' : 'pool_connect_failed',
      message: `${reason.subject}: ${reason.text}`,
      timestamp: Date.parse(reason.since)
    }))
    this._handleErrorUpdates(errors)
    const rate = status.hashrate
    return {
      stats: {
        // The farm mines while it is on a backup; why it is there stands in errors.
        status: status.state === 'down' ? 'error' : 'mining',
        errors: errors.length > 0 ? errors : undefined,
        uptime_ms: Math.round(status.uptime_seconds * 1000),
        power_w: 0,
        // Shares say nothing of five seconds; where there is no such window it is the nearest.
        hashrate_mhs: { avg: mhs(rate['1h']), t_5s: mhs(rate['1m']), t_5m: mhs(rate['5m']), t_30m: mhs(rate['15m']) },
        all_pools_shares: this._calcNewShares(pools),
        pool_status: pools.map(({ url, accepted, rejected, stale }) => ({ pool: url, accepted, rejected, stale }))
      },
      config: {
        network_config: { ip_address: this.opts.address },
        pool_config: pools.map(({ url, username }) => ({ url, username })),
        power_mode: 'normal',
        suspended: false,
        led_status: false,
        firmware_ver: status.version
      }
    }
  }

  close () {}
}

module.exports = SluiceGateway
