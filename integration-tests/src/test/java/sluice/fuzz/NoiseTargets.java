package sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.CipherState;
import sluice.protocol.sv2.noise.EllSwiftKeyPair;
import sluice.protocol.sv2.noise.FrameOpener;
import sluice.protocol.sv2.noise.HandshakeCertificate;
import sluice.protocol.sv2.noise.HandshakeResult;
import sluice.protocol.sv2.noise.NoiseFailure;
import sluice.protocol.sv2.noise.NoiseHandshake;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.protocol.sv2.noise.TransportFrames;
import sluice.protocol.sv2.wire.FrameHeader;

/** Both ends of the handshake, and records: what is not authentic is a {@link NoiseFailure} and nothing else. */
final class NoiseTargets {
    private static final Secp256k1 ENGINE = Secp256k1.best();
    private static final Instant NOW = Instant.ofEpochSecond(1_745_596_971L);
    private static final AuthoritySecretKey AUTHORITY = AuthoritySecretKey.of(filled(7));
    private static final ServerTrust TRUST = new ServerTrust.SignedBy(AUTHORITY.publicKey(ENGINE));
    private static final EllSwiftKeyPair SERVER = EllSwiftKeyPair.create(ENGINE, filled(1), filled(2));
    private static final EllSwiftKeyPair SERVER_EPHEMERAL = EllSwiftKeyPair.create(ENGINE, filled(3), filled(4));
    private static final EllSwiftKeyPair CLIENT_EPHEMERAL = EllSwiftKeyPair.create(ENGINE, filled(5), filled(6));
    private static final HandshakeCertificate CERTIFICATE =
            HandshakeCertificate.issue(ENGINE, AUTHORITY, SERVER.xOnly(ENGINE), NOW, Duration.ofHours(1), filled(8));

    private NoiseTargets() {}

    static void responder(byte[] input) {
        NoiseHandshake.Responder responder = NoiseHandshake.responder(ENGINE, SERVER, CERTIFICATE, SERVER_EPHEMERAL);
        byte[] act2;
        try {
            act2 = responder.respond(input);
        } catch (NoiseFailure failure) {
            assertThat(failure.reason()).isEqualTo(NoiseFailure.Reason.ACT_LENGTH);
            assertThat(input.length).isNotEqualTo(NoiseHandshake.ACT1_LENGTH);
            return;
        }
        assertThat(act2).hasSize(NoiseHandshake.ACT2_LENGTH);
        assertThat(responder.result()).isNotNull();
    }

    /** The first byte says who answers: a stranger, somebody who changes act 2, or a server with a strange certificate. */
    static void initiator(byte[] input) {
        FuzzInput bytes = new FuzzInput(input);
        int who = bytes.below(3);
        NoiseHandshake.Initiator initiator = NoiseHandshake.initiator(ENGINE, CLIENT_EPHEMERAL);
        byte[] act1 = initiator.act1();
        Instant now = NOW;
        byte[] act2;
        boolean genuine = false;
        switch (who) {
            case 0 -> act2 = bytes.rest();
            case 1 -> {
                byte[] sent = responder(CERTIFICATE).respond(act1);
                act2 = changed(sent, bytes);
                genuine = Arrays.equals(act2, sent);
            }
            default -> {
                now = Instant.ofEpochSecond(bytes.u32());
                HandshakeCertificate strange = new HandshakeCertificate(
                        bytes.u16(), bytes.u32(), bytes.u32(), Bytes.wrap(bytes.bytes(Secp256k1.SIGNATURE_LENGTH)));
                act2 = responder(strange).respond(act1);
            }
        }
        try {
            initiator.readAct2(act2, TRUST, now);
        } catch (NoiseFailure failure) {
            assertThat(genuine).as("%s", failure).isFalse();
            return;
        }
        assertThat(genuine).as("a handshake with somebody else").isTrue();
    }

    /** Frames of one side, and how they are changed on the way. */
    static void transport(byte[] input) {
        FuzzInput bytes = new FuzzInput(input);
        NoiseHandshake.Initiator initiator = NoiseHandshake.initiator(ENGINE, CLIENT_EPHEMERAL);
        NoiseHandshake.Responder responder = responder(CERTIFICATE);
        HandshakeResult client = initiator.readAct2(responder.respond(initiator.act1()), TRUST, NOW);
        byte[] plain = frames(bytes);
        byte[] sealed = sealed(client.send(), plain);
        byte[] received = changed(sealed, bytes);
        ByteArrayOutputStream opened = new ByteArrayOutputStream();
        try {
            open(new FrameOpener(responder.result().receive()), received, opened);
        } catch (NoiseFailure failure) {
            assertThat(failure.reason()).isEqualTo(NoiseFailure.Reason.FRAME_NOT_AUTHENTIC);
            assertThat(received).isNotEqualTo(sealed);
        }
        assertThat(Bytes.wrap(plain).startsWith(Bytes.wrap(opened.toByteArray())))
                .as("what was opened is what was sent")
                .isTrue();
        if (Arrays.equals(sealed, received)) {
            assertThat(opened.toByteArray()).isEqualTo(plain);
        }
    }

    private static byte[] frames(FuzzInput bytes) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int count = bytes.below(4); count > 0; count--) {
            // Payloads of more than one chunk, too, which no input needs to spell out.
            byte[] payload =
                    bytes.flag() ? new byte[TransportFrames.MAX_CHUNK_LENGTH + bytes.u8() - 128] : bytes.prefixed();
            byte[] header = new byte[FrameHeader.LENGTH];
            new FrameHeader(0, false, bytes.u8(), payload.length).copyTo(header, 0);
            frames.writeBytes(header);
            frames.writeBytes(payload);
        }
        return frames.toByteArray();
    }

    private static byte[] sealed(CipherState send, byte[] frames) {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        for (int at = 0; at < frames.length; ) {
            int payload = FrameHeader.parse(frames, at).payloadLength();
            byte[] record = new byte[TransportFrames.sealedFrameLength(payload)];
            assertThat(TransportFrames.seal(send, frames, at, FrameHeader.LENGTH + payload, record, 0))
                    .isEqualTo(record.length);
            sealed.writeBytes(record);
            at += FrameHeader.LENGTH + payload;
        }
        return sealed.toByteArray();
    }

    private static void open(FrameOpener opener, byte[] received, ByteArrayOutputStream opened) {
        byte[] plain = new byte[TransportFrames.MAX_CHUNK_LENGTH];
        for (int at = 0; at + opener.expectedLength() <= received.length; ) {
            int length = opener.expectedLength();
            assertThat(length).isBetween(CipherState.TAG_LENGTH + 1, TransportFrames.MAX_SEALED_CHUNK_LENGTH);
            if (opener.atHeader()) {
                opener.openHeader(received, at, plain, 0);
                opened.write(plain, 0, FrameHeader.LENGTH);
            } else {
                opened.write(plain, 0, opener.openChunk(received, at, plain, 0));
            }
            at += length;
        }
    }

    /** The bytes with some of them changed, cut off or added. */
    private static byte[] changed(byte[] sent, FuzzInput bytes) {
        byte[] changed = sent.clone();
        for (int changes = bytes.below(4); changes > 0 && changed.length > 0; changes--) {
            changed[bytes.u16() % changed.length] ^= (byte) bytes.u8();
        }
        int end = bytes.u8();
        return switch (end % 4) {
            case 1 -> Arrays.copyOf(changed, Math.max(0, changed.length - end / 4));
            case 2 -> Arrays.copyOf(changed, changed.length + end / 4);
            default -> changed;
        };
    }

    private static NoiseHandshake.Responder responder(HandshakeCertificate certificate) {
        return NoiseHandshake.responder(ENGINE, SERVER, certificate, SERVER_EPHEMERAL);
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
