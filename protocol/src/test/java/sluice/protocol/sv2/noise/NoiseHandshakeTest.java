package sluice.protocol.sv2.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sluice.protocol.sv2.noise.Vectors.ZERO_32;
import static sluice.protocol.sv2.noise.Vectors.hex;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.protocol.Bytes;
import tools.jackson.databind.JsonNode;

class NoiseHandshakeTest {
    private static final String ENGINES = "sluice.protocol.sv2.noise.Vectors#engines";
    private static final JsonNode VECTOR = Vectors.json("noise-handshake.json");
    private static final JsonNode STEPS = VECTOR.get("steps");
    private static final long VALID_FROM = 1_700_000_000L;
    private static final long NOT_VALID_AFTER = 1_700_086_400L;
    private static final Instant NOW = Instant.ofEpochSecond(1_700_040_000L);
    private static final AuthorityKey AUTHORITY =
            AuthorityKey.parse(VECTOR.get("authority_base58").asString());
    private static final ServerTrust TRUST = new ServerTrust.SignedBy(AUTHORITY);
    private static final ServerTrust NO_CHECK = new ServerTrust.Unverified();
    private static final AuthoritySecretKey AUTHORITY_SECRET =
            AuthoritySecretKey.of(hex(VECTOR.get("authority_sk").asString()));
    private static final Secp256k1 ENGINE = new BouncyCastleSecp256k1(ZERO_32);

    @Test
    void accumulatesTheHashAndTheKeysOfTheVectorStepByStep() {
        SymmetricState state = new SymmetricState();
        assertThat(state.chainingKey()).isEqualTo(hex(VECTOR.get("ck0").asString()));
        assertThat(state.handshakeHash()).isEqualTo(hex(VECTOR.get("h0").asString()));
        assertThat(state.key()).isNull();

        state.mixHash(step("ie_ell"), 0, 64);
        assertThat(state.encryptAndHash(new byte[0], new byte[0], 0)).isZero();
        assertThat(state.handshakeHash()).isEqualTo(step("h_after_act1"));

        state.mixHash(step("re_ell"), 0, 64);
        assertThat(state.handshakeHash()).isEqualTo(step("h_after_re"));
        state.mixKey(step("ecdh_ee"));
        assertThat(state.chainingKey()).isEqualTo(step("ck_1"));
        assertThat(state.key()).isEqualTo(step("k_1"));
        assertThat(state.decryptAndHash(step("enc_s"), 0, 80)).isEqualTo(step("rs_ell"));
        assertThat(state.handshakeHash()).isEqualTo(step("h_after_s"));

        state.mixKey(step("ecdh_es"));
        assertThat(state.chainingKey()).isEqualTo(step("ck_2"));
        assertThat(state.key()).isEqualTo(step("k_2"));
        assertThat(state.decryptAndHash(step("enc_cert"), 0, 90)).isEqualTo(step("snm"));
        assertThat(state.handshakeHash()).isEqualTo(step("h_final"));

        byte[][] keys = state.split();
        assertThat(keys[0]).isEqualTo(step("temp_k1_i2r"));
        assertThat(keys[1]).isEqualTo(step("temp_k2_r2i"));
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void agreesWithTheVectorOnBothDiffieHellmanSteps(Secp256k1 engine) {
        assertThat(engine.ellswiftXdh(step("ie_ell"), step("re_ell"), step("ie_sk"), true))
                .isEqualTo(step("ecdh_ee"));
        assertThat(engine.ellswiftXdh(step("ie_ell"), step("re_ell"), step("re_sk"), false))
                .isEqualTo(step("ecdh_ee"));
        assertThat(engine.ellswiftXdh(step("ie_ell"), step("rs_ell"), step("ie_sk"), true))
                .isEqualTo(step("ecdh_es"));
        assertThat(engine.ellswiftXdh(step("ie_ell"), step("rs_ell"), step("rs_sk"), false))
                .isEqualTo(step("ecdh_es"));
    }

    @ParameterizedTest
    @MethodSource(ENGINES)
    void reproducesTheVectorAtBothEnds(Secp256k1 engine) {
        NoiseHandshake.Initiator initiator = NoiseHandshake.initiator(engine, keyPair(engine, "ie"));
        NoiseHandshake.Responder responder = responder(engine, vectorCertificate(engine));

        byte[] act1 = initiator.act1();
        assertThat(act1).isEqualTo(step("ie_ell"));
        byte[] act2 = responder.respond(act1);
        assertThat(act2).hasSize(234).isEqualTo(step("act2"));
        HandshakeResult initiators = initiator.readAct2(act2, TRUST, NOW);
        HandshakeResult responders = responder.result();

        for (HandshakeResult result : List.of(initiators, responders)) {
            assertThat(result.handshakeHash()).isEqualTo(Bytes.wrap(step("h_final")));
            assertThat(result.certificate()).isEqualTo(vectorCertificate(engine));
            assertThat(result.staticKey()).isEqualTo(Bytes.wrap(step("rs_x")));
        }
        assertThat(seal(initiators.send(), step("i2r_frame0_pt"))).isEqualTo(step("i2r_frame0_ct"));
        assertThat(open(responders.receive(), step("i2r_frame0_ct"))).isEqualTo(step("i2r_frame0_pt"));
        assertThat(seal(responders.send(), step("r2i_frame0_pt"))).isEqualTo(step("r2i_frame0_ct"));
        assertThat(open(initiators.receive(), step("r2i_frame0_ct"))).isEqualTo(step("r2i_frame0_pt"));

        byte[] big = new byte[6 + 65_520];
        big[2] = 0x74;
        big[3] = (byte) 65_520;
        big[4] = (byte) (65_520 >> 8);
        for (int i = 0; i < 65_520; i++) {
            big[6 + i] = (byte) i;
        }
        byte[] wire = seal(responders.send(), big);
        assertThat(wire).hasSize(65_574);
        assertThat(sha256(wire)).isEqualTo(step("big_sha256"));
        assertThat(Arrays.copyOf(wire, 22)).isEqualTo(step("big_first22"));
        assertThat(Arrays.copyOfRange(wire, wire.length - 17, wire.length)).isEqualTo(step("big_last17"));
        assertThat(responders.send().nonce()).isEqualTo(5);
        assertThat(open(initiators.receive(), wire)).isEqualTo(big);
    }

    @Test
    void signsTheCertificateOfTheVector() {
        HandshakeCertificate certificate = vectorCertificate(ENGINE);
        assertThat(certificate.toArray()).isEqualTo(step("snm"));
        assertThat(certificate.signedHash(Bytes.wrap(step("rs_x")))).isEqualTo(step("cert_m"));
        assertThat(HandshakeCertificate.parse(step("snm"))).isEqualTo(certificate);
    }

    @Test
    void answersAct1WhateverItsBytesAre() {
        for (byte filler : new byte[] {0, -1, '{'}) {
            byte[] act1 = new byte[64];
            Arrays.fill(act1, filler);
            assertThat(responder(ENGINE, vectorCertificate(ENGINE)).respond(act1))
                    .hasSize(234);
        }
    }

    @Test
    void refusesActsOfAnotherLength() {
        byte[] act2 = step("act2");
        // 170 bytes was act 2 before ElligatorSwift, and is still in one chapter of the specification.
        for (int length : new int[] {0, 170, 233, 235}) {
            assertFailure(
                    () -> vectorInitiator().readAct2(Arrays.copyOf(act2, length), TRUST, NOW),
                    NoiseFailure.Reason.ACT_LENGTH,
                    "234 bytes, not " + length);
        }
        for (int length : new int[] {0, 63, 65}) {
            assertFailure(
                    () -> responder(ENGINE, vectorCertificate(ENGINE)).respond(new byte[length]),
                    NoiseFailure.Reason.ACT_LENGTH,
                    "64 bytes, not " + length);
        }
    }

    @Test
    void refusesAct2WithOneBitChangedInAnyPart() {
        assertTampered(0, NoiseFailure.Reason.STATIC_KEY_NOT_AUTHENTIC);
        assertTampered(63, NoiseFailure.Reason.STATIC_KEY_NOT_AUTHENTIC);
        assertTampered(64, NoiseFailure.Reason.STATIC_KEY_NOT_AUTHENTIC);
        assertTampered(143, NoiseFailure.Reason.STATIC_KEY_NOT_AUTHENTIC);
        assertTampered(144, NoiseFailure.Reason.CERTIFICATE_NOT_AUTHENTIC);
        assertTampered(233, NoiseFailure.Reason.CERTIFICATE_NOT_AUTHENTIC);
    }

    private static void assertTampered(int at, NoiseFailure.Reason reason) {
        for (int bit = 0; bit < 8; bit++) {
            byte[] act2 = step("act2");
            act2[at] ^= (byte) (1 << bit);
            assertFailure(() -> vectorInitiator().readAct2(act2, NO_CHECK, NOW), reason, "not authentic");
        }
    }

    @Test
    void refusesFramesWithOneBitChanged() {
        byte[] frame = step("r2i_frame0_ct");
        for (int at : new int[] {0, 5, 6, 21}) {
            byte[] tampered = frame.clone();
            tampered[at] ^= 0x10;
            FrameOpener opener = vectorOpener();
            assertFailure(
                    () -> opener.openHeader(tampered, 0, new byte[6], 0),
                    NoiseFailure.Reason.FRAME_NOT_AUTHENTIC,
                    "header");
            // A forged header leaves the nonce where it was: the genuine one still opens.
            assertThat(opener.openHeader(frame, 0, new byte[6], 0)).isEqualTo(6);
        }
        for (int at : new int[] {22, 27, 28, 43}) {
            byte[] tampered = frame.clone();
            tampered[at] ^= 0x01;
            FrameOpener opener = vectorOpener();
            opener.openHeader(tampered, 0, new byte[6], 0);
            assertFailure(
                    () -> opener.openChunk(tampered, 22, new byte[6], 0),
                    NoiseFailure.Reason.FRAME_NOT_AUTHENTIC,
                    "payload");
            assertThat(opener.openChunk(frame, 22, new byte[6], 0)).isEqualTo(6);
        }
    }

    @Test
    void namesBothKeysWhereAnotherAuthoritySigned() {
        AuthorityKey configured = AuthorityKey.parse("9bXiEd8boQVhq7WddEcERUL5tyyJVFYdU8th3HfbNXK3Yw6GRXh");
        assertThatThrownBy(() -> vectorInitiator().readAct2(step("act2"), new ServerTrust.SignedBy(configured), NOW))
                .isInstanceOfSatisfying(NoiseFailure.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(NoiseFailure.Reason.WRONG_AUTHORITY);
                    assertThat(failure.reason().code()).isEqualTo("wrong-authority");
                    assertThat(failure.getStackTrace()).isEmpty();
                })
                .hasMessageContaining(configured.text())
                .hasMessageContaining(STEPS.get("rs_x").asString())
                .hasNoCause();
    }

    @Test
    void refusesASignatureThatWasChanged() {
        HandshakeCertificate good = vectorCertificate(ENGINE);
        byte[] signature = good.signature().toArray();
        signature[63] ^= 1;
        assertFailure(
                () -> handshake(
                        new HandshakeCertificate(0, VALID_FROM, NOT_VALID_AFTER, Bytes.wrap(signature)), TRUST, NOW),
                NoiseFailure.Reason.WRONG_AUTHORITY,
                "did not sign");
        assertFailure(
                () -> handshake(
                        new HandshakeCertificate(0, VALID_FROM, NOT_VALID_AFTER + 1, good.signature()), TRUST, NOW),
                NoiseFailure.Reason.WRONG_AUTHORITY,
                "did not sign");
    }

    @Test
    void refusesACertificateVersionItDoesNotKnow() {
        HandshakeCertificate good = vectorCertificate(ENGINE);
        for (int version : new int[] {1, 0xffff}) {
            assertFailure(
                    () -> handshake(
                            new HandshakeCertificate(version, VALID_FROM, NOT_VALID_AFTER, good.signature()),
                            TRUST,
                            NOW),
                    NoiseFailure.Reason.CERTIFICATE_VERSION,
                    "version " + version);
        }
    }

    @Test
    void allowsTenSecondsOfClockDifferenceAtEachEndOfAPeriodAndNoMore() {
        HandshakeCertificate certificate = vectorCertificate(ENGINE);
        Instant earliest = Instant.ofEpochSecond(VALID_FROM - 10);
        Instant latest = Instant.ofEpochSecond(NOT_VALID_AFTER + 10);
        handshake(certificate, TRUST, earliest);
        handshake(certificate, TRUST, latest);
        assertFailure(
                () -> handshake(certificate, TRUST, earliest.minusMillis(1)),
                NoiseFailure.Reason.CERTIFICATE_NOT_YET_VALID,
                "2023-11-14T22:13:20Z");
        assertFailure(
                () -> handshake(certificate, TRUST, latest.plusMillis(1)),
                NoiseFailure.Reason.CERTIFICATE_EXPIRED,
                "2023-11-15T22:13:20Z");
    }

    @Test
    void looksAtNoCertificateWhereTheOperatorAskedForNoCheck() {
        HandshakeCertificate nonsense = new HandshakeCertificate(7, 9, 8, Bytes.zeros(64));
        assertThat(handshake(nonsense, NO_CHECK, NOW).certificate()).isEqualTo(nonsense);
    }

    @Test
    void issuesCertificatesThatStartEarlierAndSaturateAtTheEndOf32Bits() {
        EllSwiftKeyPair staticKey = keyPair(ENGINE, "rs");
        HandshakeCertificate certificate = HandshakeCertificate.issue(
                ENGINE, AUTHORITY_SECRET, staticKey.xOnly(ENGINE), NOW, Duration.ofDays(100_000), ZERO_32);
        assertThat(certificate.validFrom()).isEqualTo(NOW.getEpochSecond() - 3600);
        assertThat(certificate.notValidAfter()).isEqualTo(0xffff_ffffL);
        handshake(certificate, TRUST, NOW);
        handshake(certificate, TRUST, NOW.minusSeconds(3600));
        HandshakeCertificate atTheEpoch = HandshakeCertificate.issue(
                ENGINE, AUTHORITY_SECRET, staticKey.xOnly(ENGINE), Instant.EPOCH, Duration.ofDays(1), ZERO_32);
        assertThat(atTheEpoch.validFrom()).isZero();
    }

    @Test
    void refusesACertificateWithoutAWholeSignature() {
        assertThatThrownBy(() -> new HandshakeCertificate(0, 0, 0, Bytes.zeros(63)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("64 bytes, not 63");
    }

    @Test
    void refusesUseOutOfOrder() {
        NoiseHandshake.Initiator initiator = NoiseHandshake.initiator(ENGINE, keyPair(ENGINE, "ie"));
        assertThatThrownBy(() -> initiator.readAct2(step("act2"), TRUST, NOW))
                .isInstanceOf(IllegalStateException.class);
        initiator.act1();
        assertThatThrownBy(initiator::act1).isInstanceOf(IllegalStateException.class);
        initiator.readAct2(step("act2"), TRUST, NOW);
        assertThatThrownBy(() -> initiator.readAct2(step("act2"), TRUST, NOW))
                .isInstanceOf(IllegalStateException.class);

        NoiseHandshake.Responder responder = responder(ENGINE, vectorCertificate(ENGINE));
        assertThatThrownBy(responder::result).isInstanceOf(IllegalStateException.class);
        responder.respond(step("ie_ell"));
        assertThatThrownBy(() -> responder.respond(step("ie_ell"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesAStoredKeyPairWhoseBytesEncodeAnotherKey() {
        assertThatThrownBy(() -> EllSwiftKeyPair.of(ENGINE, step("rs_sk"), step("re_ell")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("another key");
    }

    @Test
    void keepsSecretsOutOfText() {
        EllSwiftKeyPair pair = keyPair(ENGINE, "rs");
        assertThat(pair.toString()).doesNotContain(STEPS.get("rs_sk").asString());
        assertThat(new CipherState(step("k_1")).toString())
                .doesNotContain(STEPS.get("k_1").asString());
    }

    private static HandshakeResult handshake(HandshakeCertificate certificate, ServerTrust trust, Instant now) {
        NoiseHandshake.Initiator initiator = NoiseHandshake.initiator(ENGINE, keyPair(ENGINE, "ie"));
        byte[] act2 = responder(ENGINE, certificate).respond(initiator.act1());
        return initiator.readAct2(act2, trust, now);
    }

    private static NoiseHandshake.Initiator vectorInitiator() {
        NoiseHandshake.Initiator initiator = NoiseHandshake.initiator(ENGINE, keyPair(ENGINE, "ie"));
        initiator.act1();
        return initiator;
    }

    private static FrameOpener vectorOpener() {
        return new FrameOpener(new CipherState(step("temp_k2_r2i")));
    }

    private static NoiseHandshake.Responder responder(Secp256k1 engine, HandshakeCertificate certificate) {
        return NoiseHandshake.responder(engine, keyPair(engine, "rs"), certificate, keyPair(engine, "re"));
    }

    private static HandshakeCertificate vectorCertificate(Secp256k1 engine) {
        return HandshakeCertificate.sign(
                engine, AUTHORITY_SECRET, Bytes.wrap(step("rs_x")), VALID_FROM, NOT_VALID_AFTER, ZERO_32);
    }

    private static EllSwiftKeyPair keyPair(Secp256k1 engine, String name) {
        return EllSwiftKeyPair.of(engine, step(name + "_sk"), step(name + "_ell"));
    }

    private static void assertFailure(ThrowingCallable call, NoiseFailure.Reason reason, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        NoiseFailure.class,
                        failure -> assertThat(failure.reason()).isEqualTo(reason))
                .hasMessageContaining(message);
    }

    private static byte[] step(String name) {
        return hex(STEPS.get(name).asString());
    }

    static byte[] seal(CipherState send, byte[] frame) {
        byte[] wire = new byte[TransportFrames.sealedFrameLength(frame.length - 6)];
        assertThat(TransportFrames.seal(send, frame, 0, frame.length, wire, 0)).isEqualTo(wire.length);
        return wire;
    }

    static byte[] open(CipherState receive, byte[] wire) {
        FrameOpener opener = new FrameOpener(receive);
        byte[] header = new byte[6];
        int payloadLength = opener.openHeader(wire, 0, header, 0);
        byte[] frame = Arrays.copyOf(header, 6 + payloadLength);
        int from = 22;
        int to = 6;
        while (!opener.atHeader()) {
            int length = opener.expectedLength();
            to += opener.openChunk(wire, from, frame, to);
            from += length;
        }
        assertThat(from).isEqualTo(wire.length);
        assertThat(to).isEqualTo(frame.length);
        return frame;
    }

    private static byte[] sha256(byte[] bytes) {
        MessageDigest digest = TaggedHash.sha256();
        return digest.digest(bytes);
    }
}
