package sluice.proxy.mining.profile;

import java.net.InetAddress;

/**
 * Where a miner connects from, and where to.
 *
 * @param listener the name of the port it came in by
 */
public record MinerOrigin(InetAddress address, String listener) {

    /** Of a miner without a network. */
    public static final MinerOrigin LOCAL = new MinerOrigin(InetAddress.getLoopbackAddress(), "default");
}
