'use strict'

const WrkMinerRack = require('@tetherto/miningos-tpl-wrk-miner/workers/rack.miner.wrk')
const SluiceApi = require('./lib/sluice.api')
const SluiceGateway = require('./lib/gateway')

/** The rack of the farm's gateways: what MiningOS has miners do with pools, one gateway does for all of them. */
class WrkMinerRackSluice extends WrkMinerRack {
  init () {
    super.init()
    this.loadConf('sluice', 'sluice')
  }

  getThingType () {
    return `${super.getThingType()}-sluice`
  }

  getThingTags () {
    return ['sluice']
  }

  getSpecTags () {
    return ['sluice']
  }

  async connectThing (thg) {
    const { apiUrl, token } = this.conf.sluice
    const api = new SluiceApi({ apiUrl: thg.opts.apiUrl || apiUrl, token: thg.opts.token || token })
    thg.ctrl = new SluiceGateway(api, { ...thg.opts, id: thg.id, conf: this.conf.thing.miner || {} })
    thg.ctrl.on('error', (e) => this.debugThingError(thg, e))
    return 1
  }

  async collectThingSnap (thg) {
    return thg.ctrl.getSnap()
  }

  // The farm's sums are made of its machines: a gateway among them would count every hash and share a second time.
  async buildStats () {}

  async collectSnapsHook0 () {}

  // No container gave a gateway its address, and none takes it back.
  async setIpThing () {}

  async releaseIpThing () {}
}

module.exports = WrkMinerRackSluice
