/** Carries the API: HTTP/1.1 on one loop of its own, so that no request ever waits for a miner or a miner for it. */
package sluice.proxy.api.netty;
