package sluice.proxy.miner.netty;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.VersionRolling;
import sluice.protocol.sv1.Sv1ClientDecoder;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1Encoder;
import sluice.protocol.sv1.Sv1Message;
import sluice.protocol.sv1.Sv1Response;
import sluice.protocol.sv1.Sv1Result;
import sluice.protocol.sv1.Sv1ServerMessage;

/** A small SV1 server on loopback: sets miners up, records their shares and answers as a test tells it to. */
public final class ScriptedSv1Server implements AutoCloseable {
    static final Bytes EXTRANONCE1 = Bytes.fromHex("0a0b0c0d");
    static final int EXTRANONCE2_SIZE = 4;
    static final long MASK = 0x1fffe000L;

    /** What a test does with a share. */
    public interface Judge {
        void judge(Connection connection, Sv1ClientMessage.Submit share) throws IOException;
    }

    /** One miner. */
    public record Connection(int number, Socket socket) {
        public void send(Sv1Message message) throws IOException {
            OutputStream out = socket.getOutputStream();
            synchronized (out) {
                out.write(Sv1Encoder.encode(message));
                out.flush();
            }
        }
    }

    final List<Connection> connections = new CopyOnWriteArrayList<>();
    public final List<Sv1ClientMessage.Submit> shares = new CopyOnWriteArrayList<>();

    private final ServerSocket listening;
    private final Judge judge;
    private final double difficulty;
    private volatile Sv1ServerMessage.Notify job;

    public ScriptedSv1Server(double difficulty, Sv1ServerMessage.Notify job, Judge judge) throws IOException {
        this.difficulty = difficulty;
        this.job = job;
        this.judge = judge;
        this.listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** Sends {@code newer} to everybody. */
    void notify(Sv1ServerMessage.Notify newer) {
        job = newer;
        connections.forEach(connection -> {
            try {
                connection.send(newer);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** The hash of a share of {@code notify}, computed as a server does. */
    static Hash256 hash(Sv1ServerMessage.Notify notify, Sv1ClientMessage.Submit share) {
        Hash256 coinbase = Sha256d.of(notify.coinbase1(), EXTRANONCE1, share.extranonce2(), notify.coinbase2());
        long version =
                VersionRolling.withBits(notify.version(), share.versionBits().orElseThrow(), MASK);
        return new BlockHeader(
                        version,
                        notify.prevHash(),
                        MerklePath.of(notify.merkleBranch()).root(coinbase),
                        share.ntime(),
                        notify.nbits(),
                        share.nonce())
                .hash();
    }

    private void accept() {
        try {
            while (true) {
                Connection connection = new Connection(connections.size(), listening.accept());
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Connection connection) {
        Sv1ClientDecoder decoder = new Sv1ClientDecoder();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(connection.socket().getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                byte[] bytes = line.getBytes(UTF_8);
                answer(connection, decoder.decode(bytes, 0, bytes.length));
            }
        } catch (IOException gone) {
            // The miner or the test closed it.
        }
    }

    private void answer(Connection connection, Sv1ClientMessage message) throws IOException {
        switch (message) {
            case Sv1ClientMessage.Configure configure ->
                connection.send(Sv1Response.of(
                        configure.id(), new Sv1Result.Configured(Map.of("version-rolling", true), MASK)));
            case Sv1ClientMessage.Subscribe subscribe ->
                connection.send(Sv1Response.of(
                        subscribe.id(), new Sv1Result.Subscribed(List.of(), EXTRANONCE1, EXTRANONCE2_SIZE)));
            case Sv1ClientMessage.Authorize authorize -> {
                connection.send(Sv1Response.ok(authorize.id()));
                connection.send(new Sv1ServerMessage.SetDifficulty(difficulty));
                connection.send(job);
            }
            case Sv1ClientMessage.Submit share -> {
                shares.add(share);
                judge.judge(connection, share);
            }
            default -> connection.send(Sv1Response.ok(message.id()));
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Connection connection : connections) {
            connection.socket().close();
        }
    }
}
