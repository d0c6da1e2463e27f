/** Policies that move a miner's difficulty, against miners drawn at random on a virtual clock. */
package sluice.proxy.mining.vardiff.bench;
