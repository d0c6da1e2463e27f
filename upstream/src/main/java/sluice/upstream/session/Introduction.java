package sluice.upstream.session;

import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.wire.WireText;

/** Who we say we are to a server that we dialled (SV2 3.6.1). */
public final class Introduction {
    static final String VENDOR = "Sluice";
    static final String HARDWARE_VERSION = "gateway";

    private static final int MAX_HOST_BYTES = 255;

    private Introduction() {}

    /**
     * The first message of a conversation.
     *
     * @param protocol one of the constants of {@link SetupConnection}
     * @param host what was dialled
     * @param port what was dialled, U16
     */
    public static SetupConnection of(int protocol, long flags, String host, int port, String softwareVersion) {
        return new SetupConnection(
                protocol,
                SetupConnection.VERSION,
                SetupConnection.VERSION,
                flags,
                WireText.truncate(host, MAX_HOST_BYTES),
                port,
                VENDOR,
                HARDWARE_VERSION,
                softwareVersion,
                "");
    }
}
