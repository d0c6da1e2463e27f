/** One miner's mining session, whatever protocol it speaks: jobs it may submit, targets, verdicts. */
package sluice.proxy.mining.channel;
