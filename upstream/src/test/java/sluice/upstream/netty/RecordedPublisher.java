package sluice.upstream.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Says over ZMQ what a real node said, byte for byte and at the same points, to each that subscribes as we must. */
final class RecordedPublisher implements AutoCloseable {
    private static final JsonNode RECORDING = recording();

    private final ServerSocket listener;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicInteger subscribed = new AtomicInteger();
    private final byte[] saying;

    /** @param saying what is said after the handshake */
    RecordedPublisher(byte[] saying) throws IOException {
        this.saying = saying;
        listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("publisher").start(this::run);
    }

    /** Everything that was recorded after the handshake, of all topics. */
    static byte[] recorded() {
        byte[] all = bytes(RECORDING.get("server_raw_bytes"));
        return Arrays.copyOfRange(all, greeting().length + ready().length, all.length);
    }

    /** Greeting and handshake, which the subscriber answers step by step. */
    static byte[] handshake() {
        return Arrays.copyOf(bytes(RECORDING.get("server_raw_bytes")), greeting().length + ready().length);
    }

    /** What the recorded subscriber said, in hex: its greeting, its READY, its subscriptions. */
    static List<String> subscriberSaid() {
        List<String> said = new ArrayList<>();
        RECORDING.get("client_sent").forEach(sent -> said.add(sent.asString()));
        return said;
    }

    private static byte[] greeting() {
        return bytes(RECORDING.get("server_greeting"));
    }

    private static byte[] ready() {
        JsonNode ready = RECORDING.get("server_ready_command");
        byte[] command = bytes(ready.get(1));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(ready.get(0).asInt());
        out.write(command.length);
        out.writeBytes(command);
        return out.toByteArray();
    }

    private static byte[] bytes(JsonNode hex) {
        return HexFormat.of().parseHex(hex.asString());
    }

    /** {@code frames} as one message. */
    static byte[] saying(byte[]... frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < frames.length; i++) {
            int more = i < frames.length - 1 ? 1 : 0;
            if (frames[i].length < 256) {
                out.write(more);
                out.write(frames[i].length);
            } else {
                out.write(more | 2);
                out.writeBytes(new byte[] {0, 0, 0, 0, 0, 0, (byte) (frames[i].length >> 8), (byte) frames[i].length});
            }
            out.writeBytes(frames[i]);
        }
        return out.toByteArray();
    }

    /** The messages about {@code topic}, in order. */
    static List<JsonNode> messages(String topic) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode message : RECORDING.get("messages")) {
            if (message.get("topic").asString().equals(topic)) {
                found.add(message);
            }
        }
        return found;
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    URI endpoint() {
        return URI.create("tcp://127.0.0.1:" + listener.getLocalPort());
    }

    /** How often somebody subscribed. */
    int subscribed() {
        return subscribed.get();
    }

    private void run() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                serve(socket.getInputStream(), socket.getOutputStream());
            } catch (IOException hungUp) {
                // By the other side, or at the end of the test.
            }
        }
    }

    private void serve(InputStream in, OutputStream out) throws IOException {
        out.write(greeting());
        in.skipNBytes(greeting().length);
        out.write(ready());
        readFrame(in);
        byte[] subscription = readFrame(in);
        // What the recorded subscriber sent, but for its other topics.
        if (HexFormat.of().formatHex(subscription).equals("0168617368626c6f636b")) {
            subscribed.incrementAndGet();
            out.write(saying);
        }
    }

    private static byte[] readFrame(InputStream in) throws IOException {
        in.skipNBytes(1);
        int length = in.read();
        if (length < 0) {
            throw new EOFException();
        }
        return in.readNBytes(length);
    }

    /** Ends the connections of now; others may come. */
    void hangUp() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** Until the last that connected has closed its side. */
    void awaitHangUp() throws IOException {
        Socket last = sockets.stream().reduce((first, second) -> second).orElseThrow();
        assertThat(last.getInputStream().read()).isNegative();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        hangUp();
    }

    private static JsonNode recording() {
        try (InputStream in =
                RecordedPublisher.class.getResourceAsStream("/node/bitcoind/zmq/sub_hashblock_hashtx_sequence.json")) {
            return JsonMapper.builder().build().readTree(in);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
