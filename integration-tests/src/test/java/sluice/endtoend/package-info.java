/** Our own ends of both protocols, from a miner's threads to a pool that judges for itself. */
package sluice.endtoend;
