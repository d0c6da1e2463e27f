package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.proxy.event.GatewayEvent.ShareSubmitted;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.mining.share.ShareVerdict;

/**
 * Shares whose hashes were computed elsewhere (sv2-conformance G-6): a 32-byte extranonce of 31 zeros but for byte 23 and
 * byte 24, which is what index 1 and rolled bytes 01 00... make behind an upstream that fixed and padded with zeros.
 */
class Sv2ShareVectorsTest {
    private static final ChainTip REGTEST = new ChainTip(
            Hash256.fromHex("fbaf6a2823577a5a3a334e20caece4249aaece9093c315e0c367d6bd33be1862"),
            0x207f_ffffL,
            0x680b_b22bL);
    private static final ChainTip MAINNET = new ChainTip(
            Hash256.fromHex("17cd48869956dc99e01cd892e478e39dd563a0a3803b8bbe9e3e000000000000"),
            0x1b00_d7c0L,
            0x680b_e961L);
    private static final Bytes ROLLED = Bytes.fromHex("0100000000000000");
    private static final VardiffConfig ONE_A_MINUTE = new VardiffConfig(true, 1, 1e-9, 1e-9);

    private final Sv2Farm farm = new Sv2Farm(ONE_A_MINUTE);
    private final Sv2Client miner = farm.connect(4);
    private Target routeTarget = Difficulty.targetOf(1e6);

    @BeforeEach
    void setTheClock() {
        farm.now = Instant.ofEpochSecond(MAINNET.minNtime());
    }

    @Test
    void acknowledgesABlockAtOnceAndForwardsIt() {
        Sv2ClientChannel channel = mine(REGTEST, 1_000f, true);
        submit(channel, 0, 0x680b_b22bL, 0x2000_0000L);
        ForwardedShare block = miner.forwarded.getFirst();
        assertThat(block.hash().display())
                .isEqualTo("6b356f9f445f4cdfab140f69ff66803f8f98a0d8bcd089dc7d2bdeeee74a5f83");
        assertThat(block.blockFound()).isTrue();
        assertThat(block.upstreamExtranonce())
                .isEqualTo(Bytes.fromHex("000000000000000000000000000000010100000000000000"));
        assertThat(miner.only(SubmitSharesSuccess.class)).isEqualTo(new SubmitSharesSuccess(16, 1, 1, 0));
        submit(channel, 0, 0x680b_b22bL, 0x2000_0000L);
        assertThat(miner.only(SubmitSharesError.class).errorCode()).isEqualTo("duplicate-share");
        assertThat(miner.forwarded).hasSize(1);
    }

    @Test
    void acceptsTheValidShareOnceWithoutTakingItForABlock() {
        Sv2ClientChannel channel = mine(MAINNET, 1_000f, true);
        assertThat(channel.target())
                .isEqualTo(Target.fromHex("0001179d9861a761ffdadd11c307c4fc04eea3a418f7d687584e4434af158205"));
        assertThat(channel.current().merkleRoot(Bytes.concat(channel.prefix(), ROLLED)))
                .isEqualTo(Hash256.fromHex("cae378f9a9dc0d816aa282f36506f209ece36dd90eb50781a25798a509763a05"));
        submit(channel, 0x4107, 0x680b_e961L, 0x2000_0000L);
        assertThat(verdict()).isEqualTo(ShareVerdict.ACCEPTED);
        assertThat(miner.forwarded).as("what the upstream did not ask for").isEmpty();
        submit(channel, 0x4107, 0x680b_e961L, 0x2000_0000L);
        assertThat(verdict()).isEqualTo(ShareVerdict.DUPLICATE);
    }

    @ParameterizedTest
    @CsvSource({"1000,ACCEPTED", "100,ACCEPTED", "1e6,LOW_DIFFICULTY"})
    void judgesTheValidShareByTheTargetOfItsChannel(float hashrate, ShareVerdict expected) {
        Sv2ClientChannel channel = mine(MAINNET, hashrate, true);
        submit(channel, 0x4107, 0x680b_e961L, 0x2000_0000L);
        assertThat(verdict()).isEqualTo(expected);
    }

    @Test
    void forwardsTheValidShareWhereTheUpstreamAskedForIt() {
        routeTarget = Target.fromHex("000054cc966c174fc21b056b994c0aa265c40126222040984f571230b9adde1f");
        Sv2ClientChannel channel = mine(MAINNET, 1_000f, true);
        submit(channel, 0x4107, 0x680b_e961L, 0x2000_0000L);
        assertThat(miner.forwarded.getFirst().hash().display()).isEqualTo(routeTarget.hex());
        assertThat(miner.forwarded.getFirst().blockFound()).isFalse();
    }

    @Test
    void refusesTheShareOfLowDifficulty() {
        ChainTip tip = new ChainTip(
                Hash256.fromHex("9a7cefe7dd7aa0ada4af57214ad6bf6b492200a2e3102c282149000000000000"),
                0x1b00_d7c0L,
                1_745_596_971L);
        Sv2ClientChannel channel = mine(tip, 100f, true);
        submit(channel, 0, 1_745_596_971L, 0x2000_0000L);
        assertThat(miner.only(SubmitSharesError.class)).isEqualTo(new SubmitSharesError(16, 1, "difficulty-too-low"));
    }

    @ParameterizedTest
    @CsvSource({
        "0x201fffe0,0,true,ACCEPTED,39043c0a5dfda585659ca2f8064e202ff1a0a8187348b67a2579b2c76d197cad",
        "0x20000020,0,true,LOW_DIFFICULTY,",
        "0x20000001,0,true,BAD_VERSION_BITS,",
        "0x201fffe0,0,false,VERSION_ROLLING_NOT_ALLOWED,",
        "0x20000000,0,false,ACCEPTED,6b356f9f445f4cdfab140f69ff66803f8f98a0d8bcd089dc7d2bdeeee74a5f83",
    })
    void holdsVersionsAgainstTheMaskOfTheJob(
            String version, long nonce, boolean rolling, ShareVerdict expected, String hash) {
        Sv2Client submitter = rolling ? miner : fixedVersionMiner();
        Sv2ClientChannel channel = mine(submitter, REGTEST, 1_000f, rolling);
        submitter.send(new SubmitSharesExtended(
                channel.id(), 1, channel.current().id, nonce, 0x680b_b22bL, Long.decode(version), ROLLED));
        assertThat(submitter.events(ShareSubmitted.class).getLast().verdict()).isEqualTo(expected);
        if (hash != null) {
            assertThat(submitter.forwarded.getFirst().hash().display()).isEqualTo(hash);
        }
    }

    @Test
    void refusesATimeBeforeThatOfTheTip() {
        ChainTip later = new ChainTip(REGTEST.prevHash(), REGTEST.nbits(), 0x680b_b22cL);
        Sv2ClientChannel channel = mine(later, 1_000f, true);
        submit(channel, 0, 0x680b_b22bL, 0x2000_0000L);
        assertThat(miner.only(SubmitSharesError.class)).isEqualTo(new SubmitSharesError(16, 1, "invalid-share"));
    }

    private Sv2ClientChannel mine(ChainTip tip, float hashrate, boolean rolling) {
        return mine(miner, tip, hashrate, rolling);
    }

    /** A miner that was set up while the upstream forbade rolling. */
    private Sv2Client fixedVersionMiner() {
        farm.upstream(Bytes.zeros(8), 24, routeTarget, false);
        return farm.connect(0);
    }

    private Sv2ClientChannel mine(Sv2Client by, ChainTip tip, float hashrate, boolean rolling) {
        farm.upstream(Bytes.zeros(8), 24, routeTarget, rolling);
        farm.activate(farm.futureJobAlone(Bytes.zeros(8), 0x2000_0000L), tip);
        by.send(new OpenExtendedMiningChannel(1, "w", hashrate, Target.MAX, 8));
        assertThat(by.newest().prefix()).isEqualTo(Bytes.fromHex("00000001"));
        by.clear();
        return by.newest();
    }

    private void submit(Sv2ClientChannel channel, long nonce, long ntime, long version) {
        miner.send(new SubmitSharesExtended(channel.id(), 1, channel.current().id, nonce, ntime, version, ROLLED));
    }

    private ShareVerdict verdict() {
        return miner.events(ShareSubmitted.class).getLast().verdict();
    }
}
