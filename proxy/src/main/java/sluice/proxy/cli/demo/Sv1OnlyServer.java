package sluice.proxy.cli.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A pool that knows SV1 and nothing else, and says so to whoever sends anything but lines of JSON. */
final class Sv1OnlyServer implements AutoCloseable {
    private static final byte[] NO_JSON = "{\"id\":null,\"result\":null,\"error\":[20,\"Not a JSON request\",null]}\n"
            .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listening = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());

    Sv1OnlyServer() throws IOException {
        Thread.ofPlatform().daemon().name("sv1-only").start(this::answer);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
    }

    private void answer() {
        while (!listening.isClosed()) {
            try (Socket client = listening.accept()) {
                // A miner's first byte is that of its line.
                if (client.getInputStream().read() != '{') {
                    client.getOutputStream().write(NO_JSON);
                    client.getOutputStream().flush();
                    client.shutdownOutput();
                    client.getInputStream().transferTo(OutputStream.nullOutputStream());
                }
            } catch (IOException gone) {
                // The next client is not to blame for it.
                continue;
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
