package sluice.proxy.coinbase;

import java.time.Instant;
import sluice.protocol.bitcoin.Hash256;

/**
 * What a coinbase provider is asked: how to split the reward of one template.
 *
 * @param requestId 1, 2, ... since the start
 * @param prevHash of the block that is built on
 * @param height of the block that is mined
 * @param value satoshis that there are to split
 * @param until when an answer is of use
 */
public record OutputsWanted(long requestId, Hash256 prevHash, long height, long value, Instant until) {}
