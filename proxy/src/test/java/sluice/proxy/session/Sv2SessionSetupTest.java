package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.extension.RequestExtensions;
import sluice.protocol.sv2.message.extension.RequestExtensionsError;
import sluice.protocol.sv2.message.extension.RequestExtensionsSuccess;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobToken;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.wire.Frame;
import sluice.proxy.event.GatewayEvent.MinerMessageIgnored;

/** Setup, extension negotiation, what is ignored and what ends a connection (SV2 3.2, 3.6; extension 0x0001). */
class Sv2SessionSetupTest {
    private final Sv2Farm farm = Sv2Farm.mining();

    @Test
    void answersTheGoldenSetupConnectionWithSuccess() {
        Sv2Client miner = farm.connect();
        miner.sendFrame(Bytes.fromHex("0000001f00000002000200040000000c706f6f6c2e6578616d706c65ce8502677701310000"));
        assertThat(miner.frames).containsExactly(Bytes.fromHex("000001060000020000000000"));
        assertThat(miner.disconnect).isNull();
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,0", "4,0", "5,0"})
    void takesStandardJobsAndVersionRollingAndEchoesNoFlag(long flags, long successFlags) {
        assertThat(farm.connect(flags).only(SetupConnectionSuccess.class))
                .isEqualTo(new SetupConnectionSuccess(2, successFlags));
    }

    @ParameterizedTest
    @CsvSource({"2,2", "6,2", "8,8", "0xffffffff,0xfffffffa", "0x80000005,0x80000000"})
    void refusesFlagsWithExactlyTheUnsupportedOnes(String flags, String unsupported) {
        Sv2Client miner = farm.connect(Long.decode(flags));
        assertThat(miner.only(SetupConnectionError.class))
                .isEqualTo(new SetupConnectionError(Long.decode(unsupported), "unsupported-feature-flags"));
        assertThat(miner.disconnect.reason()).isEqualTo("setup-refused");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 255})
    void refusesOtherProtocolsWithoutFlags(int protocol) {
        Sv2Client miner = farm.connect();
        miner.send(setup(protocol, 2, 2));
        assertThat(miner.only(SetupConnectionError.class))
                .isEqualTo(new SetupConnectionError(0, "unsupported-protocol"));
        assertThat(miner.disconnect).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"0,1,false", "1,2,true", "2,2,true", "2,9,true", "3,9,false", "3,1,false"})
    void speaksVersionTwoOnly(int min, int max, boolean accepted) {
        Sv2Client miner = farm.connect();
        miner.send(setup(SetupConnection.MINING, min, max));
        if (accepted) {
            assertThat(miner.only(SetupConnectionSuccess.class).usedVersion()).isEqualTo(2);
        } else {
            assertThat(miner.only(SetupConnectionError.class))
                    .isEqualTo(new SetupConnectionError(0, "protocol-version-mismatch"));
            assertThat(miner.disconnect).isNotNull();
        }
    }

    @Test
    void saysFixedVersionWhereTheUpstreamForbidsRolling() {
        Sv2Farm fixed = new Sv2Farm();
        fixed.upstream(24, Sv2Farm.EASY_TARGET, false);
        assertThat(fixed.connect(0).only(SetupConnectionSuccess.class).flags()).isEqualTo(1);
    }

    @Test
    void refusesMinersThatNeedRollingWhereTheUpstreamForbidsIt() {
        Sv2Farm fixed = new Sv2Farm();
        fixed.upstream(24, Sv2Farm.EASY_TARGET, false);
        assertThat(fixed.connect(5).only(SetupConnectionError.class))
                .isEqualTo(new SetupConnectionError(4, "unsupported-feature-flags"));
    }

    @Test
    void ignoresASecondSetupConnectionWithoutANewAgreement() {
        Sv2Client miner = farm.connect(4);
        miner.clear();
        miner.send(Sv2Farm.setup(1));
        assertThat(miner.inbox).isEmpty();
        assertThat(miner.disconnect).isNull();
        assertThat(miner.events(MinerMessageIgnored.class))
                .extracting(MinerMessageIgnored::reason)
                .containsExactly("second-setup-connection");
    }

    @Test
    void endsAConnectionThatBeginsWithAnotherMessage() {
        Sv2Client miner = farm.connect();
        miner.send(new OpenStandardMiningChannel(1, "a", 1f, Target.MAX));
        assertThat(miner.inbox).isEmpty();
        assertThat(miner.disconnect.reason()).isEqualTo("message-before-setup");
    }

    @Test
    void endsAConnectionThatBeginsWithAnUnknownCoreMessage() {
        Sv2Client miner = farm.connect();
        miner.sendFrame(new Frame(0, false, 0xee, Bytes.EMPTY).toBytes());
        assertThat(miner.disconnect.reason()).isEqualTo("message-before-setup");
    }

    @Test
    void takesExtensionFramesBeforeSetupForNothing() {
        Sv2Client miner = farm.connect();
        miner.send(new RequestExtensions(1, List.of(2)));
        miner.sendFrame(new Frame(0x4abc, false, 0, Bytes.EMPTY).toBytes());
        assertThat(miner.inbox).isEmpty();
        assertThat(miner.disconnect).isNull();
        miner.send(Sv2Farm.setup(0));
        assertThat(miner.only(SetupConnectionSuccess.class).flags()).isZero();
    }

    @Test
    void closesOnAPayloadThatEndsTooEarly() {
        Sv2Client miner = farm.connect(4);
        miner.sendFrame(new Frame(0, false, 0x10, Bytes.zeros(8)).toBytes());
        assertThat(miner.disconnect.reason()).isEqualTo("payload-truncated");
    }

    @Test
    void ignoresBytesBehindTheFieldsOfAMessage() {
        Sv2Client miner = farm.connect();
        Frame setup = Frame.parse(Sv2Farm.setup(4).toFrame());
        miner.sendFrame(new Frame(0, false, 0, Bytes.concat(setup.payload(), Bytes.zeros(9))).toBytes());
        assertThat(miner.only(SetupConnectionSuccess.class).flags()).isZero();
    }

    @Test
    void negotiatesWorkerIdentityWithTheGoldenFrames() {
        Sv2Client miner = farm.connect(4);
        miner.clear();
        miner.sendFrame(Bytes.fromHex("010000060000010001000200"));
        assertThat(miner.frames).containsExactly(Bytes.fromHex("010001060000010001000200"));
    }

    @Test
    void answersPartlySupportedExtensionsWithTheSubset() {
        Sv2Client miner = farm.connect(4);
        miner.send(new RequestExtensions(7, List.of(3, 2, 0x4001)));
        assertThat(miner.only(RequestExtensionsSuccess.class)).isEqualTo(new RequestExtensionsSuccess(7, List.of(2)));
    }

    @Test
    void refusesUnsupportedExtensionsAndLetsTheMinerAskAgain() {
        Sv2Client miner = farm.connect(4);
        miner.send(new RequestExtensions(7, List.of(3, 5)));
        assertThat(miner.only(RequestExtensionsError.class))
                .isEqualTo(new RequestExtensionsError(7, List.of(3, 5), List.of()));
        assertThat(miner.disconnect).isNull();
        miner.send(new RequestExtensions(8, List.of(2)));
        assertThat(miner.only(RequestExtensionsSuccess.class).requestId()).isEqualTo(8);
    }

    @Test
    void takesARequestForNothingAsNothingRefused() {
        Sv2Client miner = farm.connect(4);
        miner.send(new RequestExtensions(1, List.of()));
        assertThat(miner.only(RequestExtensionsSuccess.class).supportedExtensions())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void dropsFramesOfUnknownExtensionsInSilence(boolean channelMessage) {
        Sv2Client miner = farm.connect(4);
        miner.clear();
        miner.sendFrame(new Frame(0x4abc, channelMessage, 0x10, Bytes.zeros(8)).toBytes());
        miner.sendFrame(new Frame(0x0002, channelMessage, 0x1a, Bytes.zeros(24)).toBytes());
        assertThat(miner.inbox).isEmpty();
        assertThat(miner.events).isEmpty();
        assertThat(miner.disconnect).isNull();
    }

    @Test
    void dispatchesWhateverTheChannelBitSays() {
        Sv2Client miner = farm.connect(4);
        Bytes payload = Frame.parse(new OpenStandardMiningChannel(1, "a", 1f, Target.MAX).toFrame())
                .payload();
        miner.sendFrame(new Frame(0, true, 0x10, payload).toBytes());
        assertThat(miner.channels).hasSize(1);
    }

    @Test
    void reportsUnknownAndMisdirectedMessagesOnlySoOften() {
        Sv2Client miner = farm.connect(4);
        miner.clear();
        miner.sendFrame(new Frame(0, false, 0x7f, Bytes.EMPTY).toBytes());
        miner.sendFrame(new Frame(1, false, 0x33, Bytes.EMPTY).toBytes());
        miner.send(new SetTarget(16, Target.MAX));
        miner.send(new AllocateMiningJobToken("a", 1));
        assertThat(miner.events(MinerMessageIgnored.class))
                .extracting(MinerMessageIgnored::reason)
                .containsExactly(
                        "unknown-message-type",
                        "unknown-message-type",
                        "server-message-from-miner",
                        "message-of-another-protocol");
        for (int i = 4; i < Sv2MinerSession.MAX_REPORTED_IGNORED + 1; i++) {
            miner.sendFrame(new Frame(0, false, 0x7f, Bytes.EMPTY).toBytes());
        }
        assertThat(miner.events).hasSize(Sv2MinerSession.MAX_REPORTED_IGNORED);
        assertThat(miner.disconnect).isNull();
        assertThat(miner.inbox).isEmpty();
    }

    @Test
    void closesAConnectionThatIsNotSetUpInTime() {
        Sv2Client miner = farm.connect();
        assertThat(miner.deadlines)
                .containsEntry(MinerDeadline.SETUP, farm.now.plus(Sv2Farm.LIMITS.handshakeTimeout()));
        miner.reach(MinerDeadline.SETUP);
        assertThat(miner.disconnect.reason()).isEqualTo("setup-timeout");
    }

    @Test
    void closesAConnectionThatOpensNoChannelInTime() {
        Sv2Client miner = farm.connect(4);
        assertThat(miner.deadlines).containsEntry(MinerDeadline.SETUP, farm.now.plus(Sv2MinerSession.CHANNEL_TIMEOUT));
        miner.reach(MinerDeadline.SETUP);
        assertThat(miner.disconnect.reason()).isEqualTo("no-channel");
    }

    @Test
    void keepsAConnectionThatHasOrHadAChannel() {
        Sv2Client miner = farm.connect(4);
        Sv2ClientChannel channel = miner.openStandard();
        miner.reach(MinerDeadline.SETUP);
        assertThat(miner.disconnect).isNull();
        miner.send(new sluice.protocol.sv2.message.mining.CloseChannel(channel.id(), ""));
        miner.reach(MinerDeadline.SETUP);
        assertThat(miner.disconnect).isNull();
    }

    @Test
    void waitsOnWhereAnOpenIsStillWaitingForWork() {
        Sv2Client miner = new Sv2Farm().connect(4);
        miner.send(new OpenStandardMiningChannel(1, "a", 1f, Target.MAX));
        miner.reach(MinerDeadline.SETUP);
        assertThat(miner.disconnect).isNull();
        assertThat(miner.deadlines).containsKey(MinerDeadline.SETUP);
    }

    @Test
    void closesASilentConnectionCountingFromWhatWasHeardLast() {
        Sv2Client miner = farm.connect(4);
        Duration idle = Sv2Farm.LIMITS.idleTimeout();
        farm.pass(idle.minusSeconds(1));
        miner.openStandard();
        farm.pass(Duration.ofSeconds(1));
        miner.reach(MinerDeadline.IDLE);
        assertThat(miner.disconnect).isNull();
        assertThat(miner.deadlines)
                .containsEntry(MinerDeadline.IDLE, farm.now.plus(idle).minusSeconds(1));
        farm.pass(idle.minusSeconds(1));
        miner.reach(MinerDeadline.IDLE);
        assertThat(miner.disconnect.reason()).isEqualTo("idle");
    }

    @Test
    void doesNothingMoreAfterItsEnd() {
        Sv2Client miner = farm.connect();
        miner.reach(MinerDeadline.SETUP);
        miner.clear();
        miner.send(Sv2Farm.setup(0));
        farm.newTip();
        assertThat(miner.inbox).isEmpty();
        assertThat(miner.events).isEmpty();
    }

    private static SetupConnection setup(int protocol, int min, int max) {
        return new SetupConnection(protocol, min, max, 0, "", 0, "v", "", "", "");
    }
}
