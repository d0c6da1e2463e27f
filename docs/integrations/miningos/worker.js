'use strict'

module.exports = require('@bitfinex/bfx-svc-boot-js')
