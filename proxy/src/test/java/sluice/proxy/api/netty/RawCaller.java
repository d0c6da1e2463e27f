package sluice.proxy.api.netty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Locale;
import java.util.function.Predicate;

/** Says to the API byte for byte what a test wants said, and hears what comes back. */
final class RawCaller implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    // Where the next answer begins.
    private int answered;

    RawCaller(InetSocketAddress address) throws IOException {
        socket.connect(address, PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    RawCaller says(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        return this;
    }

    /** Says as much of it as the other side takes. */
    RawCaller tries(String text) {
        try {
            says(text);
        } catch (IOException closed) {
            return this;
        }
        return this;
    }

    /** All that has come until this is true of it. Fails where the connection ends before. */
    String hears(Predicate<String> enough) throws IOException {
        InputStream in = socket.getInputStream();
        while (!enough.test(text())) {
            byte[] next = new byte[64 * 1024];
            int length = in.read(next);
            if (length < 0) {
                throw new IOException("the connection ended behind: " + text());
            }
            heard.write(next, 0, length);
        }
        return text();
    }

    /** All that has come when the other side closes. */
    String hearsAll() throws IOException {
        InputStream in = socket.getInputStream();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                heard.write(next);
            }
        } catch (SocketException reset) {
            return text();
        }
        return text();
    }

    /** One whole answer with a body of a length that it names. */
    String hearsAnswer() throws IOException {
        int before = answered;
        hears(text -> text.indexOf("\r\n\r\n", before) >= 0);
        String head = text().substring(before, text().indexOf("\r\n\r\n", before) + 4);
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length: ");
        int length = at < 0 ? 0 : Integer.parseInt(lower.substring(at + 16, lower.indexOf("\r\n", at)));
        int end = before + head.length() + length;
        hears(text -> text.length() >= end);
        answered = end;
        return text().substring(before, end);
    }

    private String text() {
        return heard.toString(ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
