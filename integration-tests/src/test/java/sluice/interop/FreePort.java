package sluice.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A loopback port for a program that cannot choose one itself. */
final class FreePort {
    private FreePort() {}

    static int choose() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
