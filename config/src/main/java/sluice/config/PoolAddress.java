package sluice.config;

/** Where a pool is and which protocol it speaks there. */
public sealed interface PoolAddress permits Sv1PoolAddress, Sv2PoolAddress {
    String host();

    int port();

    /** The address as a pool URL. */
    String url();
}
