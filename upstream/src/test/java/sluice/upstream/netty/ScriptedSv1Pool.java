package sluice.upstream.netty;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** An SV1 pool on loopback that says what a test tells it to, in the test's own thread. */
final class ScriptedSv1Pool implements AutoCloseable {
    static final String PREV_HASH = "8648cd1799dc569992d81ce09de378e4a3a063d5be8b3b8000003e9e00000000";
    private static final int PATIENCE_MILLIS = 20_000;

    private final Optional<SSLContext> tls;
    private final List<Peer> peers = new ArrayList<>();
    private ServerSocket listener;

    ScriptedSv1Pool(Optional<SSLContext> tls) throws IOException {
        this.tls = tls;
        listen(0);
    }

    void listen(int port) throws IOException {
        listener = new ServerSocket(port, 16, InetAddress.getLoopbackAddress());
    }

    int port() {
        return listener.getLocalPort();
    }

    /** The next connection; with TLS, once hands are shaken. */
    Peer accept() throws IOException {
        Socket socket = acceptSocket();
        if (tls.isEmpty()) {
            return peer(socket, socket);
        }
        SSLSocket encrypted =
                (SSLSocket) tls.get().getSocketFactory().createSocket(socket, "client", socket.getPort(), true);
        encrypted.setUseClientMode(false);
        encrypted.startHandshake();
        return peer(socket, encrypted);
    }

    private Peer peer(Socket socket, Socket lines) throws IOException {
        Peer peer = new Peer(socket, lines);
        peers.add(peer);
        return peer;
    }

    /** The next connection, before a word is spoken. */
    Socket acceptSocket() throws IOException {
        listener.setSoTimeout(PATIENCE_MILLIS);
        Socket socket = listener.accept();
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    boolean isDialledWithin(int millis) throws IOException {
        listener.setSoTimeout(millis);
        try {
            listener.accept().close();
            return true;
        } catch (SocketTimeoutException nobody) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Peer peer : peers) {
            peer.hangUp();
        }
    }

    /** One connection, seen from the pool. */
    static final class Peer {
        private final Socket socket;
        private final BufferedReader in;
        private final OutputStream out;

        private Peer(Socket socket, Socket lines) throws IOException {
            this.socket = socket;
            this.in = new BufferedReader(new InputStreamReader(lines.getInputStream(), UTF_8));
            this.out = lines.getOutputStream();
        }

        /** The next line; null when the client hung up. */
        String nextLine() throws IOException {
            try {
                return in.readLine();
            } catch (SocketException reset) {
                return null;
            }
        }

        Peer send(String line) throws IOException {
            return sendRaw(line + "\n");
        }

        Peer sendRaw(String text) throws IOException {
            out.write(text.getBytes(UTF_8));
            out.flush();
            return this;
        }

        /** Past TLS, where there is any. */
        void sendUnencrypted(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(UTF_8));
        }

        /** Answers up to authorize; returns the line that asked to subscribe. */
        String letIn() throws IOException {
            return letIn(() -> {});
        }

        String letIn(Runnable beforeTheLastAnswer) throws IOException {
            nextLine();
            send(
                    "{\"id\":1,\"result\":{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\"},\"error\":null}");
            String subscribe = nextLine();
            send("{\"id\":2,\"result\":[[[\"mining.notify\",\"5e551017\"]],\"08000002\",8],\"error\":null}");
            nextLine();
            beforeTheLastAnswer.run();
            send("{\"id\":3,\"result\":true,\"error\":null}");
            nextLine();
            return subscribe;
        }

        Peer letMine() throws IOException {
            letIn();
            return send("{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[1024]}")
                    .send(job("j1", true));
        }

        void hangUp() throws IOException {
            socket.close();
        }

        boolean isHungUpOn() throws IOException {
            return nextLine() == null;
        }
    }

    static String job(String jobId, boolean clean) {
        return "{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"" + jobId + "\",\"" + PREV_HASH
                + "\",\"0200000001aabb\",\"ffffffff00000000\",[],\"20000000\",\"1b00d7c0\",\"680be961\"," + clean
                + "]}";
    }
}
