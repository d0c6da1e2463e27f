/** How search space is cut up between miners, so that no two overlap and none ever has to move. */
package sluice.proxy.mining.extranonce;
