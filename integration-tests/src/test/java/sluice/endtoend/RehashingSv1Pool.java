package sluice.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * An SV1 pool on loopback that believes nothing: it builds the block header of every share from what it sent and what came
 * back, with the JDK's SHA-256 and none of our code, and holds it against the difficulty of the share's job.
 */
public final class RehashingSv1Pool implements JudgingPool, AutoCloseable {
    static final String PASSWORD = "geheim";
    private static final HexFormat HEX = HexFormat.of();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int USUAL_EXTRANONCE2_SIZE = 8;
    private static final long MASK = 0x1fffe000L;
    // One bit inside the mask is set, so that whoever clears or keeps it in the wrong place makes another hash.
    private static final long VERSION = 0x20004000L;
    private static final String NBITS = "1d00ffff";
    private static final String HEIGHT = "03a0bb0d";
    private static final int EXTRANONCE1_SIZE = 4;
    private static final String COINBASE_2 = "ffffffff" + "01" + "00f2052a01000000" + "016a" + "00000000";
    private static final String SIBLING = "59369c6536f35475fc32b5d9857eff5198e3a96574dd859211fbb0c265adf2fd";

    private final int port;
    private final int extranonce2Size;
    private final String coinbase1;
    private final Map<String, Job> jobs = new LinkedHashMap<>();
    private final Map<String, String> extranonce1BySession = new HashMap<>();
    private final Set<String> shares = new HashSet<>();
    private final Map<String, Map<String, Integer>> acceptedByJob = new HashMap<>();
    private final Map<String, Integer> refused = new TreeMap<>();
    private final List<Peer> peers = new ArrayList<>();
    private ServerSocket listener;
    private double difficulty;
    private Job current;
    private int lastJob;
    private int tips;
    private int resumed;
    private int judged;

    private record Job(String id, String prevHash, double difficulty, long ntime, int tip) {}

    RehashingSv1Pool(double difficulty) throws IOException {
        this(difficulty, USUAL_EXTRANONCE2_SIZE);
    }

    RehashingSv1Pool(double difficulty, int extranonce2Size) throws IOException {
        this.difficulty = difficulty;
        this.extranonce2Size = extranonce2Size;
        int scriptSize = HEIGHT.length() / 2 + EXTRANONCE1_SIZE + extranonce2Size;
        this.coinbase1 = "0200000001" + "00".repeat(32) + "ffffffff" + "%02x".formatted(scriptSize) + HEIGHT;
        listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        port = listener.getLocalPort();
        newTip();
        acceptPeers();
    }

    int port() {
        return port;
    }

    /** Another previous block; every earlier job is over. Answers the new job's id. */
    synchronized String newTip() {
        tips++;
        return announce(true);
    }

    /** Another job beside those of the tip in force, at this difficulty. Answers its id. */
    synchronized String newJob(double atDifficulty) {
        difficulty = atDifficulty;
        return announce(false);
    }

    private String announce(boolean clean) {
        String prevHash = HEX.formatHex(IndependentHash.sha256(new byte[] {(byte) tips}));
        current =
                new Job(Integer.toHexString(++lastJob), prevHash, difficulty, System.currentTimeMillis() / 1000, tips);
        jobs.put(current.id(), current);
        peers.forEach(peer -> peer.work(clean));
        return current.id();
    }

    /** Whose shares of this job were good, and how many. */
    synchronized Map<String, Integer> accepted(String jobId) {
        return Map.copyOf(acceptedByJob.getOrDefault(jobId, Map.of()));
    }

    @Override
    public synchronized int judgedShares() {
        return judged;
    }

    @Override
    public int goodShares() {
        return acceptedInAll();
    }

    public synchronized int acceptedInAll() {
        return acceptedByJob.values().stream()
                .flatMap(names -> names.values().stream())
                .mapToInt(Integer::intValue)
                .sum();
    }

    /** What was wrong with shares, to a count; those of an earlier tip are no mistake of anybody. */
    synchronized Map<String, Integer> refused() {
        return Map.copyOf(refused);
    }

    /** Connections that have subscribed, each to an extranonce1 of its own. */
    synchronized int sessions() {
        return extranonce1BySession.size();
    }

    synchronized int resumedSessions() {
        return resumed;
    }

    /** Hangs up on everybody and listens no more. */
    void die() throws IOException {
        List<Peer> all;
        synchronized (this) {
            listener.close();
            all = List.copyOf(peers);
            peers.clear();
        }
        for (Peer peer : all) {
            peer.socket.close();
        }
    }

    /** Listens again at the same place, with a job that nobody has seen. Answers its id. */
    synchronized String comeBack() throws IOException {
        ServerSocket again = new ServerSocket();
        again.setReuseAddress(true);
        again.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
        listener = again;
        String job = newTip();
        acceptPeers();
        return job;
    }

    @Override
    public void close() throws IOException {
        die();
    }

    private void acceptPeers() {
        ServerSocket listening = listener;
        Thread.ofPlatform().daemon().name("sv1-pool").start(() -> {
            while (true) {
                try {
                    Peer peer = new Peer(listening.accept());
                    Thread.ofPlatform().daemon().name("sv1-pool-peer").start(peer);
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    private final class Peer implements Runnable {
        private final Socket socket;
        private String extranonce1;

        Peer(Socket socket) {
            this.socket = socket;
        }

        @Override
        public void run() {
            try (socket;
                    BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    answer(JSON.readTree(line));
                }
            } catch (IOException | UncheckedIOException gone) {
                // It hung up, or we did.
                return;
            }
        }

        private void answer(JsonNode request) {
            synchronized (RehashingSv1Pool.this) {
                String id = request.get("id").toString();
                JsonNode params = request.get("params");
                switch (request.get("method").asString()) {
                    case "mining.configure" ->
                        result(id, "{\"version-rolling\":true,\"version-rolling.mask\":\"%08x\"}".formatted(MASK));
                    case "mining.subscribe" -> result(id, subscription(params));
                    case "mining.authorize" -> {
                        boolean known = params.get(1).asString().equals(PASSWORD);
                        result(id, Boolean.toString(known));
                        if (known) {
                            peers.add(this);
                            work(true);
                        }
                    }
                    case "mining.submit" -> {
                        String fault = judge(params);
                        if (fault.isEmpty()) {
                            result(id, "true");
                        } else {
                            send("{\"id\":%s,\"result\":null,\"error\":%s}".formatted(id, fault));
                        }
                    }
                    default -> result(id, "true");
                }
            }
        }

        private String subscription(JsonNode params) {
            String session = params.size() > 1 ? params.get(1).asString() : "";
            if (extranonce1BySession.containsKey(session)) {
                resumed++;
            } else {
                session = "session-" + extranonce1BySession.size();
                extranonce1BySession.put(session, "%08x".formatted(0xa0b0c0d0L + extranonce1BySession.size()));
            }
            extranonce1 = extranonce1BySession.get(session);
            return "[[[\"mining.notify\",\"" + session + "\"]],\"" + extranonce1 + "\"," + extranonce2Size + "]";
        }

        /** The error for the answer, or nothing. */
        private String judge(JsonNode params) {
            judged++;
            String worker = params.get(0).asString();
            Job job = jobs.get(params.get(1).asString());
            String extranonce2 = params.get(2).asString();
            long ntime = Long.parseLong(params.get(3).asString(), 16);
            long nonce = Long.parseLong(params.get(4).asString(), 16);
            long bits = Long.parseLong(params.get(5).asString(), 16);
            if (job == null) {
                return refuse(20, "unknown job");
            }
            if (job.tip() != tips) {
                return "[21,\"Job not found\",null]";
            }
            if (extranonce2.length() != 2 * extranonce2Size) {
                return refuse(20, "extranonce2 " + extranonce2);
            }
            if (ntime < job.ntime() || ntime > job.ntime() + 7200) {
                return refuse(20, "ntime out of range");
            }
            if ((bits & ~MASK) != 0) {
                return refuse(20, "version bits %08x".formatted(bits));
            }
            byte[] hash = hash(job, extranonce2, ntime, nonce, VERSION & ~MASK | bits);
            if (!shares.add(HEX.formatHex(hash))) {
                return refuse(22, "duplicate");
            }
            if (IndependentHash.number(hash).compareTo(IndependentHash.target(job.difficulty())) > 0) {
                return refuse(23, "low difficulty");
            }
            acceptedByJob.computeIfAbsent(job.id(), any -> new HashMap<>()).merge(worker, 1, Integer::sum);
            return "";
        }

        private String refuse(int code, String text) {
            refused.merge(text, 1, Integer::sum);
            return "[" + code + ",\"" + text + "\",null]";
        }

        private byte[] hash(Job job, String extranonce2, long ntime, long nonce, long version) {
            byte[] coinbase = HEX.parseHex(coinbase1 + extranonce1 + extranonce2 + COINBASE_2);
            return IndependentHash.header(
                    version,
                    HEX.parseHex(job.prevHash()),
                    IndependentHash.merkleRoot(coinbase, List.of(HEX.parseHex(SIBLING))),
                    ntime,
                    Long.parseLong(NBITS, 16),
                    nonce);
        }

        void work(boolean clean) {
            send("{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":["
                    + BigDecimal.valueOf(current.difficulty()).toPlainString() + "]}");
            send(
                    "{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"%s\",\"%s\",\"%s\",\"%s\",[\"%s\"],\"%08x\",\"%s\",\"%08x\",%s]}"
                            .formatted(
                                    current.id(),
                                    HEX.formatHex(IndependentHash.wordsReversed(HEX.parseHex(current.prevHash()))),
                                    coinbase1,
                                    COINBASE_2,
                                    SIBLING,
                                    VERSION,
                                    NBITS,
                                    current.ntime(),
                                    clean));
        }

        private void result(String id, String result) {
            send("{\"id\":" + id + ",\"result\":" + result + ",\"error\":null}");
        }

        private void send(String line) {
            try {
                socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
            } catch (SocketException hungUp) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
