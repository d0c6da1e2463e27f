package sluice.endtoend;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.function.Supplier;

/** A plain socket that a test writes bytes to, good ones and bad ones. Reading never waits for ever. */
final class RawConnection implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;
    private static final int ENOUGH_BYTES = 256 << 20;
    // Left to itself the system would take megabytes for a miner that never reads.
    private static final int RECEIVE_BUFFER = 16 * 1024;

    private final Socket socket = new Socket();

    RawConnection(InetSocketAddress address) throws IOException {
        socket.setReceiveBufferSize(RECEIVE_BUFFER);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(address, PATIENCE_MILLIS);
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Writes {@code more} again and again until the other side ends the connection. */
    void writeToTheEnd(Supplier<byte[]> more) {
        int bytes = 0;
        try {
            while (bytes < ENOUGH_BYTES) {
                byte[] next = more.get();
                write(next);
                bytes += next.length;
            }
        } catch (IOException end) {
            return;
        }
        throw new AssertionError("still connected behind " + bytes + " bytes");
    }

    void writeByteByByte(byte[] bytes) throws IOException {
        for (byte one : bytes) {
            write(new byte[] {one});
        }
    }

    /** Exactly so many bytes. */
    byte[] read(int count) throws IOException {
        byte[] bytes = socket.getInputStream().readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException(bytes.length + " bytes and the end, instead of " + count);
        }
        return bytes;
    }

    InputStream input() throws IOException {
        return socket.getInputStream();
    }

    /** All that still comes until the other side ends the connection. */
    byte[] readToTheEnd() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        try {
            for (int count = read(buffer); count >= 0; count = read(buffer)) {
                all.write(buffer, 0, count);
            }
        } catch (SocketException reset) {
            // An end as well: what we sent last was not read any more.
        }
        return all.toByteArray();
    }

    private int read(byte[] buffer) throws IOException {
        return socket.getInputStream().read(buffer);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
