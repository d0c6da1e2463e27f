/** The CPU miner, without its sockets and threads: work, the search through it, and a miner's side of both protocols. */
package sluice.proxy.miner;
