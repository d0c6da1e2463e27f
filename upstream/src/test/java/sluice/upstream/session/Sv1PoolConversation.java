package sluice.upstream.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv1.Sv1Encoder;
import sluice.protocol.sv1.Sv1ServerDecoder;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamJob;

/** An SV1 session under test, fed with a pool's lines by hand; lets a test take what came since it last looked. */
final class Sv1PoolConversation {
    static final String HOST = "eu.pool.example";
    static final String EXTRANONCE1 = "08000002";
    static final long JOB_NTIME = 0x680be961L;
    static final long VERSION = 0x20000000L;
    static final long NBITS = 0x1b00d7c0L;
    /** The same block in the order of a notify and in that of a header. */
    static final String PREV_HASH = "8648cd1799dc569992d81ce09de378e4a3a063d5be8b3b8000003e9e00000000";

    static final Hash256 TIP = Hash256.fromHex("17cd48869956dc99e01cd892e478e39dd563a0a3803b8bbe9e3e000000000000");
    static final String OTHER_PREV_HASH = "11".repeat(32);
    static final Hash256 OTHER_TIP = Hash256.fromHex(OTHER_PREV_HASH);
    static final String BRANCH = "59369c6536f35475fc32b5d9857eff5198e3a96574dd859211fbb0c265adf2fd";
    static final String COINB1 = "02000000" + "01" + "00".repeat(32) + "ffffffff" + "16" + "0d2f506f6f6c2f";
    static final String COINB2 = "ffffffff" + "01" + "00f2052a01000000" + "0151" + "00000000";
    static final Sv1PoolSettings SETTINGS = settings(false, false);

    final Sv1PoolSession session;
    Instant now = Instant.parse("2026-01-02T03:04:05Z");
    private final Sv1ServerDecoder decoder = new Sv1ServerDecoder();
    private final List<PoolAction> actions = new ArrayList<>();

    Sv1PoolConversation() {
        this(SETTINGS);
    }

    Sv1PoolConversation(Sv1PoolSettings settings) {
        session = new Sv1PoolSession(settings);
    }

    static Sv1PoolSettings settings(boolean namesPerShare, boolean suggestsDifficulty) {
        return new Sv1PoolSettings(
                "eu.pool.example:3333",
                "farm",
                "x",
                namesPerShare,
                suggestsDifficulty,
                8,
                "0.1.0",
                PoolConversation.PATIENCE);
    }

    Sv1PoolConversation input(PoolInput input) {
        actions.addAll(session.on(input, now));
        return this;
    }

    Sv1PoolConversation connect() {
        return input(new PoolInput.Connected(HOST, 3333));
    }

    Sv1PoolConversation receive(String line) {
        byte[] bytes = line.getBytes(UTF_8);
        return input(new PoolInput.LineReceived(decoder.decode(bytes, 0, bytes.length)));
    }

    Sv1PoolConversation answer(long id, String result) {
        return receive("{\"id\":" + id + ",\"result\":" + result + ",\"error\":null}");
    }

    Sv1PoolConversation refuse(long id, String error) {
        return receive("{\"id\":" + id + ",\"result\":null,\"error\":" + error + "}");
    }

    Sv1PoolConversation call(String method, String params) {
        return receive("{\"id\":null,\"method\":\"" + method + "\",\"params\":" + params + "}");
    }

    Sv1PoolConversation command(UpstreamCommand command) {
        return input(new PoolInput.CommandGiven(command));
    }

    Sv1PoolConversation reach(PoolDeadline deadline) {
        return input(new PoolInput.DeadlineReached(deadline));
    }

    Sv1PoolConversation later(Duration elapsed) {
        now = now.plus(elapsed);
        return this;
    }

    /** As far as the answer to configure: all the bits we asked for. */
    Sv1PoolConversation configure() {
        return connect().answer(1, "{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\"}");
    }

    /** As far as the answer to subscribe. */
    Sv1PoolConversation subscribe() {
        return configure().answer(2, subscribed(EXTRANONCE1, 8));
    }

    /** As far as the answer to authorize. */
    Sv1PoolConversation authorize() {
        return subscribe().answer(3, "true");
    }

    /** As far as the first job, the pool's "j1" and our 1, for difficulty 1024. */
    Sv1PoolConversation mine() {
        return authorize().call("mining.set_difficulty", "[1024]").notify("j1", PREV_HASH, true);
    }

    Sv1PoolConversation notify(String jobId, String prevHash, boolean clean) {
        return notify(jobId, prevHash, JOB_NTIME, clean);
    }

    Sv1PoolConversation notify(String jobId, String prevHash, long ntime, boolean clean) {
        return call(
                "mining.notify",
                "[\"%s\",\"%s\",\"%s\",\"%s\",[\"%s\"],\"%08x\",\"%08x\",\"%08x\",%s]"
                        .formatted(jobId, prevHash, COINB1, COINB2, BRANCH, VERSION, NBITS, ntime, clean));
    }

    static String subscribed(String extranonce1, int extranonce2Size) {
        return "[[[\"mining.set_difficulty\",\"d0\"],[\"mining.notify\",\"session-7\"]],\"" + extranonce1 + "\","
                + extranonce2Size + "]";
    }

    static UpstreamCommand.SubmitShare share(long sequence) {
        return share(sequence, 1, VERSION);
    }

    static UpstreamCommand.SubmitShare share(long sequence, long jobId, long version) {
        return new UpstreamCommand.SubmitShare(
                sequence, jobId, 0xdeadbeefL, JOB_NTIME + 5, version, Bytes.fromHex("000102030405060a"), "farm.rig7");
    }

    /** Everything since the last call of a method that takes. */
    List<PoolAction> takeAll() {
        List<PoolAction> taken = List.copyOf(actions);
        actions.clear();
        return taken;
    }

    List<String> takeLines() {
        return takeAll().stream()
                .filter(PoolAction.SendLine.class::isInstance)
                .map(action -> new String(Sv1Encoder.encode(((PoolAction.SendLine) action).message()), UTF_8).strip())
                .toList();
    }

    List<UpstreamEvent> takeEvents() {
        return takeAll().stream()
                .filter(PoolAction.Emit.class::isInstance)
                .map(action -> ((PoolAction.Emit) action).event())
                .toList();
    }

    List<String> takeNotes() {
        return takeAll().stream()
                .filter(PoolAction.Note.class::isInstance)
                .map(action -> ((PoolAction.Note) action).text())
                .toList();
    }

    List<UpstreamJob> takeJobs() {
        return takeEvents().stream()
                .filter(UpstreamEvent.JobAnnounced.class::isInstance)
                .map(event -> ((UpstreamEvent.JobAnnounced) event).job())
                .toList();
    }
}
