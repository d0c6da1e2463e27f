/** How a miner is treated, by where it connects, who it is and what machine it is. */
package sluice.proxy.mining.profile;
