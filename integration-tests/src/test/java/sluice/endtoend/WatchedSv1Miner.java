package sluice.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static sluice.endtoend.Patience.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A {@link WatchedMiner} that speaks SV1: configure, subscribe and authorize, then jobs and shares. */
final class WatchedSv1Miner extends WatchedMiner {
    static final String SET_EXTRANONCE = "mining.set_extranonce";
    static final String RECONNECT = "client.reconnect";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final HexFormat HEX = HexFormat.of();
    private static final int CONFIGURE = 1;
    private static final int SUBSCRIBE = 2;
    private static final int AUTHORIZE = 3;

    private final Socket socket;
    private final Set<Integer> shares = new HashSet<>();
    private final List<String> pushes = new ArrayList<>();
    private int lastId = AUTHORIZE;
    private String extranonce1;
    private int extranonce2Size;
    private long versionMask;
    private BigInteger target;
    private double difficulty;
    private boolean authorized;

    private WatchedSv1Miner(InetAddress from, InetSocketAddress to, String user) throws IOException {
        super(user);
        socket = new Socket(to.getAddress(), to.getPort(), from, 0);
        socket.setTcpNoDelay(true);
        Thread.ofVirtual().name(user).start(this::read);
    }

    /** Connects and logs in; returns when it is taken as a miner, whether there is a job or not. */
    static WatchedSv1Miner login(InetSocketAddress address, String user) throws IOException {
        return login(InetAddress.getLoopbackAddress(), address, user);
    }

    /** As the other, from a machine with this address. */
    static WatchedSv1Miner login(InetAddress from, InetSocketAddress to, String user) throws IOException {
        WatchedSv1Miner miner = start(from, to, user);
        miner.awaitLogin();
        return miner;
    }

    /** Connects and asks to be logged in, and does not wait for it. */
    static WatchedSv1Miner start(InetSocketAddress address, String user) throws IOException {
        return start(InetAddress.getLoopbackAddress(), address, user);
    }

    private static WatchedSv1Miner start(InetAddress from, InetSocketAddress to, String user) throws IOException {
        WatchedSv1Miner miner = new WatchedSv1Miner(from, to, user);
        miner.say(CONFIGURE, "mining.configure", "[[\"version-rolling\"],{\"version-rolling.mask\":\"1fffe000\"}]");
        miner.say(SUBSCRIBE, "mining.subscribe", "[\"watched/1\"]");
        miner.say(AUTHORIZE, "mining.authorize", "[\"" + user + "\",\"x\"]");
        return miner;
    }

    void awaitLogin() {
        await("the login of " + user()).until(this::isLoggedIn);
    }

    private synchronized boolean isLoggedIn() {
        return authorized;
    }

    private void read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                hear(JSON.readTree(line));
            }
        } catch (IOException broken) {
            // An end like any other.
            return;
        } finally {
            end();
        }
    }

    private synchronized void hear(JsonNode line) {
        if (line.has("method")) {
            push(line.path("method").asString(), line.path("params"));
            return;
        }
        JsonNode result = line.path("result");
        int id = line.path("id").asInt();
        if (shares.remove(id)) {
            if (result.isBoolean() && result.asBoolean()) {
                accepted(1);
            } else {
                rejected(line.path("error").path(1).asString());
            }
            return;
        }
        switch (id) {
            case CONFIGURE -> versionMask = mask(result.path("version-rolling.mask"));
            case SUBSCRIBE -> {
                extranonce1 = result.path(1).asString();
                extranonce2Size = result.path(2).asInt();
            }
            case AUTHORIZE -> authorized = result.asBoolean();
            default -> throw new AssertionError("an answer that nobody asked for: " + line);
        }
    }

    private void push(String method, JsonNode params) {
        pushes.add(method);
        switch (method) {
            case "mining.set_difficulty" -> {
                difficulty = params.path(0).asDouble();
                target = IndependentHash.target(difficulty);
            }
            case "mining.set_version_mask" -> versionMask = mask(params.path(0));
            case "mining.notify" -> given(work(params, extranonce1, extranonce2Size, versionMask, target));
            default -> {}
        }
    }

    private static long mask(JsonNode hex) {
        return hex.isMissingNode() ? 0 : Long.parseLong(hex.asString(), 16);
    }

    /** What the params of a {@code mining.notify} mean to a miner that was told the rest before. */
    static MinerWork work(
            JsonNode notify, String extranonce1, int extranonce2Size, long versionMask, BigInteger target) {
        List<byte[]> siblings = new ArrayList<>();
        notify.path(4).forEach(sibling -> siblings.add(HEX.parseHex(sibling.asString())));
        return new MinerWork(
                notify.path(0).asString(),
                notify.path(8).asBoolean(),
                new MinerRoots.Rolled(
                        HEX.parseHex(notify.path(2).asString() + extranonce1),
                        extranonce2Size,
                        HEX.parseHex(notify.path(3).asString()),
                        siblings),
                IndependentHash.wordsReversed(HEX.parseHex(notify.path(1).asString())),
                number(notify.path(5)),
                versionMask,
                number(notify.path(6)),
                number(notify.path(7)),
                target);
    }

    private static long number(JsonNode hex) {
        return Long.parseLong(hex.asString(), 16);
    }

    @Override
    void submit(MinerWork work) throws IOException {
        MinerWork.Found found = work.search(nextNonce());
        int id;
        synchronized (this) {
            id = ++lastId;
            shares.add(id);
            booked();
        }
        String versionBits = work.versionMask() == 0 ? "" : ",\"%08x\"".formatted(found.versionBits());
        say(
                id,
                "mining.submit",
                "[\"%s\",\"%s\",\"%s\",\"%08x\",\"%08x\"%s]"
                        .formatted(
                                user(), work.jobId(), hex(found.rolled()), work.ntime(), found.nonce(), versionBits));
    }

    // A share is booked before its verdict can come, and lines must not run into each other.
    private void say(int id, String method, String params) throws IOException {
        byte[] line = ("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}\n").getBytes(UTF_8);
        synchronized (socket) {
            socket.getOutputStream().write(line);
        }
    }

    @Override
    synchronized String extranonce() {
        return extranonce1;
    }

    /** Bits of the version that it may roll now. */
    synchronized long versionMask() {
        return versionMask;
    }

    /** What it was told last. */
    synchronized double difficulty() {
        return difficulty;
    }

    /** The methods of all that was pushed to it. */
    synchronized List<String> pushes() {
        return List.copyOf(pushes);
    }

    @Override
    void assertUndisturbed() {
        super.assertUndisturbed();
        assertThat(pushes()).as("pushes to %s", user()).doesNotContain(SET_EXTRANONCE, RECONNECT);
    }

    @Override
    void hangUp() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            return;
        }
    }
}
