/** The CPU miner's threads and sockets: hashing threads, its connection, and the whole miner for use in a process. */
package sluice.proxy.miner.netty;
