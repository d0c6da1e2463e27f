package sluice.proxy.cli.flood;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a hostile client does with a connection, until it is closed or there is nothing more to do. */
enum Hostility {
    /** Connects and closes, as scanners and some firmware's health checks do. */
    BARE_CONNECT {
        @Override
        void attack(Socket socket, Pacer pacer) {}
    },
    /** A byte each second of a line that has no end for hours. */
    SLOW_LORIS {
        @Override
        void attack(Socket socket, Pacer pacer) throws IOException, InterruptedException {
            while (true) {
                socket.getOutputStream().write(' ');
                pacer.rest(1_000);
            }
        }
    },
    HUGE_LINE {
        @Override
        void attack(Socket socket, Pacer pacer) throws IOException, InterruptedException {
            say(socket, SUBSCRIBE);
            byte[] piece = "x".repeat(4_096).getBytes(StandardCharsets.US_ASCII);
            while (true) {
                socket.getOutputStream().write(piece);
                pacer.rest(1);
            }
        }
    },
    DEEP_JSON {
        @Override
        void attack(Socket socket, Pacer pacer) throws IOException {
            say(socket, "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":" + "[".repeat(5_000) + "\n");
            awaitEnd(socket);
        }
    },
    /** Bytes that pass for the first act of a Noise handshake, and then for nothing. */
    GARBAGE {
        @Override
        void attack(Socket socket, Pacer pacer) throws IOException {
            byte[] garbage = new byte[400];
            ThreadLocalRandom.current().nextBytes(garbage);
            garbage[0] |= (byte) 0x80;
            socket.getOutputStream().write(garbage);
            awaitEnd(socket);
        }
    },
    HTTP_PROBE {
        @Override
        void attack(Socket socket, Pacer pacer) throws IOException {
            say(socket, "GET /admin HTTP/1.1\r\nHost: miner\r\n\r\n");
            awaitEnd(socket);
        }
    },
    REMOTE_DESKTOP_PROBE {
        @Override
        void attack(Socket socket, Pacer pacer) throws IOException {
            socket.getOutputStream()
                    .write(HexFormat.of()
                            .parseHex("0300002b26e00000000000436f6f6b69653a206d737473686173683d68656c6c6f"));
            awaitEnd(socket);
        }
    },
    INVALID_SHARES {
        @Override
        void attack(Socket socket, Pacer pacer) throws IOException, InterruptedException {
            say(socket, SUBSCRIBE + "{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"flood\",\"x\"]}\n");
            byte[] shares =
                    ("{\"id\":3,\"method\":\"mining.submit\",\"params\":[\"flood\",\"7fffffff\",\"00000000\",\"00000000\",\"00000000\"]}\n")
                            .repeat(pacer.sharesPerTenth())
                            .getBytes(StandardCharsets.US_ASCII);
            byte[] answers = new byte[64 * 1024];
            socket.setSoTimeout(1);
            while (true) {
                socket.getOutputStream().write(shares);
                pacer.rest(100);
                drain(socket, answers);
            }
        }
    },
    /** Asks for much and reads nothing of it. */
    SLOW_READER {
        @Override
        void attack(Socket socket, Pacer pacer) throws IOException, InterruptedException {
            String extensions = IntStream.range(0, 16)
                    .mapToObj(i -> "\"" + i + "x".repeat(500) + "\"")
                    .collect(Collectors.joining(","));
            byte[] ask = ("{\"id\":1,\"method\":\"mining.configure\",\"params\":[[" + extensions + "],{}]}\n")
                    .getBytes(StandardCharsets.US_ASCII);
            while (true) {
                socket.getOutputStream().write(ask);
                pacer.rest(10);
            }
        }
    },
    /** Lets the gateway do the arithmetic of a handshake, and does not go on. */
    HALF_NOISE {
        @Override
        void attack(Socket socket, Pacer pacer) throws IOException {
            byte[] act1 = new byte[64];
            ThreadLocalRandom.current().nextBytes(act1);
            act1[0] |= (byte) 0x80;
            socket.getOutputStream().write(act1);
            awaitEnd(socket);
        }
    };

    private static final String SUBSCRIBE = "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"flood/1\"]}\n";

    /** How fast a hostile client goes about it. */
    interface Pacer {
        /** Throws InterruptedException when the flood is over. */
        void rest(int millis) throws InterruptedException;

        /** Shares that a client sends in a tenth of a second. */
        int sharesPerTenth();
    }

    /** Ends with an IOException where the gateway closes the connection first. */
    abstract void attack(Socket socket, Pacer pacer) throws IOException, InterruptedException;

    private static void say(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void awaitEnd(Socket socket) throws IOException {
        byte[] buffer = new byte[1_024];
        while (socket.getInputStream().read(buffer) >= 0) {}
    }

    private static void drain(Socket socket, byte[] buffer) throws IOException {
        try {
            while (socket.getInputStream().read(buffer) == buffer.length) {}
        } catch (java.net.SocketTimeoutException nothingYet) {
            return;
        }
    }
}
