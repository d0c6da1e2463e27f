package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.LimitsConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionErrorCode;
import sluice.protocol.sv2.message.extension.RequestExtensions;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobError;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesStandard;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.protocol.sv2.message.mining.UpdateChannelError;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.FrameHeader;
import sluice.protocol.sv2.wire.Limits;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.proxy.event.GatewayEvent;

/** SV2 miners that break the rules: the right error, or the end with a counted reason, and nobody else notices. */
class HostileSv2MinerTest extends HostileFarm {
    private static final String NOT_AUTHENTIC = "noise-frame-not-authentic";
    private static final long NO_CHANNEL = 0x7777;
    private static final long NO_JOB = 0x7fff_ffff;
    private static final int MANY = 3_000;

    private static RawSv2Miner setUp() throws IOException {
        return RawSv2Miner.setUp(farm().gateway());
    }

    private static SubmitSharesExtended share(long channelId, long sequence, long jobId, int extranonceSize) {
        return new SubmitSharesExtended(
                channelId, sequence, jobId, 1, 1_700_000_000L, 0x20000000L, Bytes.zeros(extranonceSize));
    }

    private static void assertServed(RawSv2Miner miner) throws IOException {
        assertThat(miner.openStandard().channelId()).isPositive();
        miner.receive(SetNewPrevHash.class);
    }

    @Test
    void garbageBehindTheHandshakeEndsTheConnection() throws Exception {
        byte[] garbage = new byte[500];
        new SplittableRandom(1).nextBytes(garbage);
        try (RawSv2Miner miner = RawSv2Miner.handshake(farm().gateway())) {
            assertClosedFor(NOT_AUTHENTIC, () -> miner.connection().write(garbage));
            assertThat(miner.connection().readToTheEnd()).isEmpty();
        }
    }

    /** @param at of the bit in the ciphertext: in the header, its tag, the payload, its tag */
    @ParameterizedTest
    @ValueSource(ints = {3, 6 * 8, 22 * 8 + 1, -1})
    void aFlippedBitEndsTheConnection(int at) throws Exception {
        try (RawSv2Miner miner = setUp()) {
            byte[] sealed = miner.sealed(new OpenStandardMiningChannel(1, "x", 0f, Target.MAX).toFrame());
            int bit = at < 0 ? sealed.length * 8 + at : at;
            sealed[bit / 8] ^= (byte) (1 << bit % 8);
            assertClosedFor(NOT_AUTHENTIC, () -> miner.connection().write(sealed));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Limits.MINING_FROM_CLIENT + 1, Limits.U24_MAX})
    void aFrameLongerThanAnyMessageEndsTheConnectionAtItsHeader(int length) throws Exception {
        try (RawSv2Miner miner = setUp()) {
            assertClosedFor(
                    ProtocolViolation.FRAME_TOO_LARGE, () -> miner.sendHeader(new FrameHeader(0, false, 0x13, length)));
        }
    }

    static Stream<Sv2Message> messagesOfMiners() {
        return Stream.of(
                new OpenStandardMiningChannel(1, "x", 0f, Target.MAX),
                new OpenExtendedMiningChannel(1, "x", 0f, Target.MAX, 4),
                new UpdateChannel(1, 0f, Target.MAX),
                new CloseChannel(1, "done"),
                new SubmitSharesStandard(1, 1, 1, 1, 1, 1),
                share(1, 1, 1, 4));
    }

    @ParameterizedTest
    @MethodSource("messagesOfMiners")
    void aMessageThatEndsTooSoonEndsTheConnection(Sv2Message message) throws Exception {
        byte[] frame = message.toFrame();
        int payload = frame.length - Frame.HEADER_LENGTH;
        for (int shorter : List.of(payload - 1, 0)) {
            byte[] cut = Arrays.copyOf(frame, Frame.HEADER_LENGTH + shorter);
            FrameHeader whole = FrameHeader.parse(frame, 0);
            new FrameHeader(whole.extensionType(), whole.channelMessage(), whole.messageType(), shorter).copyTo(cut, 0);
            try (RawSv2Miner miner = setUp()) {
                assertClosedFor(ProtocolViolation.TRUNCATED, () -> miner.send(cut));
            }
        }
    }

    @Test
    void aConnectionThatIsNotSetUpMustBeginWithThat() throws Exception {
        try (RawSv2Miner miner = RawSv2Miner.handshake(farm().gateway())) {
            assertClosedFor("message-before-setup", () -> miner.send(share(1, 1, 1, 4)));
        }
        try (RawSv2Miner miner = RawSv2Miner.handshake(farm().gateway())) {
            byte[] setup = RawSv2Miner.setupConnection().toFrame();
            byte[] cut = Arrays.copyOf(setup, setup.length - 1);
            new FrameHeader(0, false, 0, cut.length - Frame.HEADER_LENGTH).copyTo(cut, 0);
            assertClosedFor(ProtocolViolation.TRUNCATED, () -> miner.send(cut));
        }
    }

    @Test
    void aSetupForAnotherProtocolIsRefusedInWords() throws Exception {
        SetupConnection mining = RawSv2Miner.setupConnection();
        try (RawSv2Miner miner = RawSv2Miner.handshake(farm().gateway())) {
            assertClosedFor("setup-refused", () -> {
                miner.send(new SetupConnection(
                        SetupConnection.JOB_DECLARATION,
                        mining.minVersion(),
                        mining.maxVersion(),
                        0,
                        mining.endpointHost(),
                        mining.endpointPort(),
                        mining.vendor(),
                        mining.hardwareVersion(),
                        mining.firmware(),
                        mining.deviceId()));
                assertThat(miner.receive(SetupConnectionError.class).errorCode())
                        .isEqualTo(SetupConnectionErrorCode.UNSUPPORTED_PROTOCOL);
            });
        }
    }

    @Test
    void messagesThatMeanNothingHereAreIgnoredAndReportedNotTooOften() throws Exception {
        List<GatewayEvent.MinerMessageIgnored> before = farm().events().all(GatewayEvent.MinerMessageIgnored.class);
        byte[] unknownType = {0, 0, 0x7f, 2, 0, 0, 1, 2};
        byte[] unknownExtension = {0x21, (byte) 0xc3, 0x01, 4, 0, 0, 1, 2, 3, 4};
        try (RawSv2Miner miner = setUp()) {
            miner.send(RawSv2Miner.setupConnection());
            miner.send(new SubmitSharesError(1, 1, "x"));
            for (int i = 0; i < 100; i++) {
                miner.send(unknownExtension);
                miner.send(unknownType);
            }
            assertServed(miner);
        }
        assertThat(farm().events().all(GatewayEvent.MinerMessageIgnored.class).stream()
                        .skip(before.size())
                        .map(GatewayEvent.MinerMessageIgnored::reason))
                .hasSizeBetween(3, 20)
                .startsWith("second-setup-connection", "server-message-from-miner", "unknown-message-type");
    }

    @Test
    void whatNamesNoChannelOrJobIsAnsweredWithTheRightError() throws Exception {
        try (RawSv2Miner miner = setUp()) {
            long standard = miner.openStandard().channelId();
            long extended = miner.openExtended().channelId();

            miner.send(new SubmitSharesStandard(NO_CHANNEL, 5, 1, 1, 1, 1));
            assertThat(miner.receive(SubmitSharesError.class))
                    .isEqualTo(new SubmitSharesError(NO_CHANNEL, 5, MiningErrorCode.INVALID_CHANNEL_ID));
            miner.send(share(standard, 6, 1, 4));
            assertThat(miner.receive(SubmitSharesError.class))
                    .isEqualTo(new SubmitSharesError(standard, 6, MiningErrorCode.INVALID_CHANNEL_ID));
            miner.send(share(extended, 7, NO_JOB, 4));
            assertThat(miner.receive(SubmitSharesError.class))
                    .isEqualTo(new SubmitSharesError(extended, 7, MiningErrorCode.INVALID_JOB_ID));
            miner.send(new SubmitSharesStandard(standard, 8, NO_JOB, 1, 1, 1));
            assertThat(miner.receive(SubmitSharesError.class))
                    .isEqualTo(new SubmitSharesError(standard, 8, MiningErrorCode.INVALID_JOB_ID));
            miner.send(new UpdateChannel(NO_CHANNEL, 1f, Target.MAX));
            assertThat(miner.receive(UpdateChannelError.class))
                    .isEqualTo(new UpdateChannelError(NO_CHANNEL, MiningErrorCode.INVALID_CHANNEL_ID));
            miner.send(new UpdateChannel(extended, Float.NaN, Target.MAX));
            assertThat(miner.receive(UpdateChannelError.class))
                    .isEqualTo(new UpdateChannelError(extended, MiningErrorCode.INVALID_NOMINAL_HASHRATE));
            miner.send(customJob(extended));
            assertThat(miner.receive(SetCustomMiningJobError.class).errorCode())
                    .isEqualTo(MiningErrorCode.JD_NOT_SUPPORTED);
            miner.send(new CloseChannel(NO_CHANNEL, "never was"));
            miner.send(new UpdateChannel(extended, 1f, Target.MAX));
            assertThat(miner.receive(SetTarget.class).channelId()).isEqualTo(extended);
        }
    }

    private static SetCustomMiningJob customJob(long channelId) {
        return new SetCustomMiningJob(
                channelId,
                1,
                Bytes.EMPTY,
                0x20000000L,
                Hash256.ZERO,
                1,
                0x207fffffL,
                2,
                Bytes.EMPTY,
                0xffff_ffffL,
                Bytes.EMPTY,
                0,
                List.of());
    }

    @Test
    void thousandsOfBadSharesAreAnsweredOneByOneAndMostOfThemUnjudged() throws Exception {
        try (RawSv2Miner miner = setUp()) {
            long channel = miner.work();
            for (int sequence = 0; sequence < MANY; sequence++) {
                miner.send(share(channel, sequence, NO_JOB, sequence % 33));
            }
            int judged = 10 * LimitsConfig.DEFAULT.invalidSharesPerSecond();
            for (int sequence = 0; sequence < MANY; sequence++) {
                SubmitSharesError error = miner.receive(SubmitSharesError.class);
                assertThat(error.sequenceNumber()).isEqualTo(sequence);
                if (sequence < judged) {
                    assertThat(error.errorCode()).isEqualTo(MiningErrorCode.INVALID_JOB_ID);
                } else {
                    assertThat(error.errorCode()).isIn(MiningErrorCode.INVALID_JOB_ID, "too-many-bad-shares");
                }
            }
        }
    }

    @Test
    void aMinerThatNeverReadsIsCutOff() throws Exception {
        try (RawSv2Miner miner = setUp()) {
            // A stranger would be read too slowly to be cut off for this in the time of a test.
            miner.work();
            // Every extension that is not known comes back in the answer.
            byte[] request = new RequestExtensions(1, Collections.nCopies(MANY, 0x7777)).toFrame();
            assertClosedFor("slow-reader", () -> miner.connection().writeToTheEnd(() -> miner.sealed(request)));
        }
    }
}
