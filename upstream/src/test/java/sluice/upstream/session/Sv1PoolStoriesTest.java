package sluice.upstream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.upstream.session.Sv1PoolConversation.BRANCH;
import static sluice.upstream.session.Sv1PoolConversation.COINB1;
import static sluice.upstream.session.Sv1PoolConversation.COINB2;
import static sluice.upstream.session.Sv1PoolConversation.OTHER_PREV_HASH;
import static sluice.upstream.session.Sv1PoolConversation.PREV_HASH;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.sv1.Sv1Id;
import sluice.protocol.sv1.Sv1Response;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamEvent.Step;
import sluice.upstream.UpstreamJob;

/** Whole conversations as real pools hold them, and the work that comes of them. */
class Sv1PoolStoriesTest {
    private static final Pattern SUBMIT = Pattern.compile(
            "\\{\"id\":\\d+,\"method\":\"mining.submit\",\"params\":\\[\"[^\"]*\",\"([^\"]*)\",\"([0-9a-f]*)\",\"([0-9a-f]{8})\",\"([0-9a-f]{8})\"(?:,\"([0-9a-f]{8})\")?]}");

    /** DATUM Gateway: the mask comes twice, an empty job first, difficulty jumps with a Q job, names go with shares. */
    @Test
    void minesWithDatumGateway() {
        Sv1PoolConversation pool = new Sv1PoolConversation(Sv1PoolConversation.settings(true, false));
        pool.connect()
                .answer(1, "{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\"}")
                .call("mining.set_version_mask", "[\"1fffe000\"]")
                .answer(
                        2,
                        "[[[\"mining.notify\",\"5a0c33e11\"],[\"mining.set_difficulty\",\"5a0c33e12\"]],\"5a0c33e1\",8]")
                .answer(3, "true")
                .refuse(4, "[-3,\"Method not found\",null]")
                .call("mining.set_difficulty", "[16384]")
                .notify("N000018f2a1b2c3d4", PREV_HASH, true)
                .notify("000018f2a1b2c3d5", PREV_HASH, false);
        assertThat(pool.takeLines()).hasSize(4);

        // More than eight shares at eight times the rate: the same job again, four times as hard.
        pool.call("mining.set_difficulty", "[65536]").notify("Q000018f2a1b2c3d5", PREV_HASH, true);
        assertThat(pool.takeEvents())
                .hasSize(3)
                .first()
                .isEqualTo(new UpstreamEvent.TargetChanged(Difficulty.targetOf(65536)));
        pool.command(new UpstreamCommand.SubmitShare(
                1, 3, 7, 0x680be970L, 0x20004000L, Bytes.fromHex("0000002a11223344"), "bc1qfarm.rig42"));
        assertThat(pool.takeLines())
                .containsExactly(
                        "{\"id\":5,\"method\":\"mining.submit\",\"params\":[\"bc1qfarm.rig42\",\"Q000018f2a1b2c3d5\",\"0000002a11223344\",\"680be970\",\"00000007\",\"00004000\"]}");
        pool.answer(5, "true");
        assertThat(pool.takeEvents()).containsExactly(new UpstreamEvent.SharesAccepted(1, 1, 65536));

        // The gateway lost its own pool and drops everybody.
        pool.input(new PoolInput.Disconnected("the pool closed the connection"));
        assertThat(pool.takeEvents())
                .containsExactly(new UpstreamEvent.Lost(Step.MINING, "the pool closed the connection"));
        pool.configure();
        assertThat(pool.takeLines()).last().asString().endsWith("[\"Sluice/0.1.0\",\"5a0c33e11\"]}");
    }

    /** ckpool: work before the answer to authorize, refusals in words, its own requests, a new session by reconnect. */
    @Test
    void minesWithCkpool() {
        Sv1PoolConversation pool = new Sv1PoolConversation();
        pool.connect()
                .receive(
                        "{\"id\":1,\"result\":{\"version-rolling\":true,\"version-rolling.mask\":\"1fffe000\"},\"error\":null}")
                .receive("{\"result\":[[[\"mining.notify\",\"66ef\"]],\"66ef12ab\",8],\"id\":2,\"error\":null}")
                .receive("{\"params\":[42],\"id\":null,\"method\":\"mining.set_difficulty\"}")
                .notify("61a5c9a700000012", PREV_HASH, true)
                .receive("{\"result\":true,\"error\":null,\"id\":3}")
                .call("client.show_message", "[\"Authorised, welcome to ckpool farm!\"]");
        List<UpstreamEvent> opening = pool.takeEvents();
        assertThat(opening).hasSize(3);
        assertThat(((UpstreamEvent.ChannelOpened) opening.getFirst()).channel().target())
                .isEqualTo(Difficulty.targetOf(42));

        pool.command(Sv1PoolConversation.share(1)).command(Sv1PoolConversation.share(2));
        pool.receive("{\"reject-reason\":\"Above target\",\"result\":false,\"error\":null,\"id\":5}")
                .receive("{\"result\":true,\"error\":null,\"id\":6}")
                .receive("{\"id\":17,\"method\":\"mining.ping\",\"params\":[]}");
        assertThat(pool.takeAll())
                .endsWith(
                        new PoolAction.Emit(new UpstreamEvent.ShareRejected(1, "difficulty-too-low")),
                        new PoolAction.Emit(new UpstreamEvent.SharesAccepted(2, 1, 42)),
                        new PoolAction.SendLine(Sv1Response.pong(Sv1Id.of(17))));

        pool.notify("61a5c9a700000013", OTHER_PREV_HASH, true);
        assertThat(pool.takeEvents())
                .last()
                .isInstanceOfSatisfying(
                        UpstreamEvent.TipChanged.class,
                        tip -> assertThat(tip.tip().prevHash()).isEqualTo(Sv1PoolConversation.OTHER_TIP));

        pool.call("client.reconnect", "[]");
        assertThat(pool.takeAll()).endsWith(new PoolAction.Redirect(Sv1PoolConversation.HOST, 3333));
    }

    /** A pool from before BIP310: hangs up on configure, rolls nothing. */
    @Test
    void minesWithAPoolOfOldTimes() {
        Sv1PoolConversation pool = new Sv1PoolConversation();
        PoolInput.Disconnected hungUp = new PoolInput.Disconnected("the pool closed the connection");
        pool.connect().input(hungUp).connect().input(hungUp).connect();
        pool.answer(1, "[[\"mining.notify\",\"ae6812eb4cd7735a302a8a9dd95cf71f\"],\"f8000001\",8]")
                .answer(2, "true")
                .refuse(3, "[20,\"Not supported.\",null]")
                .call("mining.set_difficulty", "[1]")
                .notify("bf", PREV_HASH, true);

        UpstreamEvent.ChannelOpened opened = (UpstreamEvent.ChannelOpened) pool.takeEvents().stream()
                .filter(UpstreamEvent.ChannelOpened.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertThat(opened.channel().extranonceSize()).isEqualTo(8);
        assertThat(opened.channel().versionRollingAllowed()).isFalse();
        pool.command(new UpstreamCommand.SubmitShare(
                1, 1, 7, 0x680be970L, Sv1PoolConversation.VERSION, Bytes.fromHex("2a00010203040506"), "farm.rig42"));
        assertThat(pool.takeLines())
                .containsExactly(
                        "{\"id\":4,\"method\":\"mining.submit\",\"params\":[\"farm\",\"bf\",\"2a00010203040506\",\"680be970\",\"00000007\"]}");
    }

    /** What a miner hashes by our job is what the pool hashes by our line, whatever the pool's version has in the mask. */
    @ParameterizedTest
    @ValueSource(longs = {0x20000000L, 0x20a0e000L, 0x3fffe004L})
    void makesThePoolHashWhatTheMinerHashed(long jobVersion) {
        Sv1PoolConversation pool = new Sv1PoolConversation();
        pool.authorize()
                .call("mining.set_difficulty", "[1]")
                .call(
                        "mining.notify",
                        "[\"j1\",\"%s\",\"%s\",\"%s\",[\"%s\",\"%s\"],\"%08x\",\"1b00d7c0\",\"680be961\",true]"
                                .formatted(PREV_HASH, COINB1, COINB2, BRANCH, "22".repeat(32), jobVersion));
        List<UpstreamEvent> events = pool.takeEvents();
        UpstreamJob job = ((UpstreamEvent.JobAnnounced) events.get(1)).job();
        ChainTip tip = ((UpstreamEvent.TipChanged) events.get(2)).tip();
        Bytes extranonce = Bytes.fromHex("000000070badcafe");
        long rolled = (jobVersion & ~0x1fffe000L) | 0x0123e000L & 0x1fffe000L;
        long ntime = tip.minNtime() + 17;

        Bytes mined = header(
                Bytes.concat(job.coinbasePrefix(), job.extranoncePrefix(), extranonce, job.coinbaseSuffix()),
                job.merklePath(),
                rolled,
                tip.prevHash(),
                ntime,
                tip.nbits(),
                0x1234abcdL);
        pool.command(
                new UpstreamCommand.SubmitShare(1, job.jobId(), 0x1234abcdL, ntime, rolled, extranonce, "farm.rig7"));

        Matcher submit = SUBMIT.matcher(pool.takeLines().getFirst());
        assertThat(submit.matches()).isTrue();
        long bits = Long.parseLong(submit.group(5), 16);
        assertThat(bits & ~0x1fffe000L).isZero();
        Bytes judged = header(
                Bytes.fromHex(COINB1 + Sv1PoolConversation.EXTRANONCE1 + submit.group(2) + COINB2),
                List.of(Hash256.fromHex(BRANCH), Hash256.fromHex("22".repeat(32))),
                (jobVersion & ~0x1fffe000L) | bits,
                Sv1PoolConversation.TIP,
                Long.parseLong(submit.group(3), 16),
                Sv1PoolConversation.NBITS,
                Long.parseLong(submit.group(4), 16));
        assertThat(judged).isEqualTo(mined);
    }

    private static Bytes header(
            Bytes coinbase, List<Hash256> path, long version, Hash256 prevHash, long ntime, long nbits, long nonce) {
        byte[] header = new byte[BlockHeader.LENGTH];
        int root = BlockHeader.merkleRootOffset(0);
        Sha256d.of(coinbase).copyTo(header, root);
        MerklePath.of(path).fold(new Sha256d(), header, root);
        BlockHeader.write(header, 0, version, prevHash, ntime, nbits, nonce);
        return Bytes.of(header);
    }
}
