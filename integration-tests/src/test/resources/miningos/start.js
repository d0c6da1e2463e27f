'use strict'

require('./globals')

// A worker that has started, as other processes of MiningOS see it.
module.exports = async (path, ctx) => {
  const Worker = require(path)
  return new Worker({}, JSON.parse(ctx)).started
}
