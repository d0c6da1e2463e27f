/** A miner's protocol conversation: SV2 and SV1 sessions as pure machines. */
package sluice.proxy.session;
