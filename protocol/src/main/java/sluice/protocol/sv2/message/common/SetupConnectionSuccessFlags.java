package sluice.protocol.sv2.message.common;

/**
 * What a mining server demands in SetupConnection.Success (SV2 5.3.1). Not the bits of {@link
 * SetupConnectionFlags}: an answer must never echo the request. Job Declaration and Template Distribution have
 * none.
 */
public final class SetupConnectionSuccessFlags {
    /** The server does not accept version rolling. */
    public static final long MINING_REQUIRES_FIXED_VERSION = 1L;
    /** The server does not open standard channels. */
    public static final long MINING_REQUIRES_EXTENDED_CHANNELS = 1L << 1;

    private SetupConnectionSuccessFlags() {}
}
