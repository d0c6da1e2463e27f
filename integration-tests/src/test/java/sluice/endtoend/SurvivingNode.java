package sluice.endtoend;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;

/** A node that takes blocks by HTTP and outlives those that bring them; now and then it is too busy to answer. */
final class SurvivingNode implements AutoCloseable {
    private static final int BUSY = 503;
    private static final int OK = 200;

    private final HttpServer server;
    private final Random random;
    private final Set<String> taken = new HashSet<>();
    private int refused;

    SurvivingNode(long seed) throws IOException {
        random = new Random(seed);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::submit);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    private void submit(HttpExchange exchange) throws IOException {
        try (exchange) {
            String hex = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII);
            String answer = judge(hex);
            byte[] body = answer.getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(answer.equals("busy") ? BUSY : OK, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private synchronized String judge(String hex) {
        if (random.nextInt(8) == 0) {
            return "busy";
        }
        Block block = Block.parse(Bytes.fromHex(hex));
        boolean good = block.header().meets(Target.ofCompact(block.header().nbits()))
                && MerklePath.rootOf(block.transactions().stream()
                                .map(Transaction::txid)
                                .toList())
                        .equals(block.header().merkleRoot());
        if (!good) {
            refused++;
            return "bad-txnmrklroot";
        }
        return taken.add(block.hash().display()) ? "" : "duplicate";
    }

    /** The hashes of all blocks that reached it, as explorers show them. */
    synchronized Set<String> taken() {
        return Set.copyOf(taken);
    }

    /** Blocks that were none. */
    synchronized int refused() {
        return refused;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
