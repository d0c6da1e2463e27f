'use strict'

// node ask-gateway.js WORKER URL USER PASSWORD
// Has the worker's own class, over the HTTP facility that the worker uses, ask a gateway for all that it knows to ask for.
// Prints the answers as one line of JSON.
const path = require('path')
const [worker, baseUrl, user, password] = process.argv.slice(2)
const { DatumApi } = require(path.join(worker, 'workers/lib/datum.minerpool.api'))
const Http = require(require.resolve('bfx-facs-http', { paths: [worker] }))

const http = new Http({}, { baseUrl, timeout: 30 * 1000 }, {})

http.start(async (failure) => {
  if (failure) throw failure
  const api = new DatumApi(http)
  const right = { user, password }
  const wrong = { user, password: password + '!' }
  console.log(JSON.stringify({
    decentralized_client_stats: await api.getDecentralizedClientStats(),
    stratum_server_info: await api.getStratumServerInfo(),
    current_stratum_job: await api.getCurrentStratumJob(),
    coinbaser: await api.getCoinbaser(),
    thread_stats: await api.getThreadStats(),
    stratum_client_list: await api.getStratumList(right),
    configuration: await api.getConfiguration(right),
    with_wrong_password: await api.getConfiguration(wrong).catch(error => error.message)
  }))
})
