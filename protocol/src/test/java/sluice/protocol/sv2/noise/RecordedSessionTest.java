package sluice.protocol.sv2.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.protocol.sv2.noise.NoiseHandshakeTest.open;
import static sluice.protocol.sv2.noise.NoiseHandshakeTest.seal;
import static sluice.protocol.sv2.noise.Vectors.hex;

import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import sluice.protocol.Bytes;
import tools.jackson.databind.JsonNode;

/** Replays the sessions recorded against sv2-tp: same keys in, same bytes out, in both directions. */
class RecordedSessionTest {
    private static final String SESSIONS = "sluice.protocol.sv2.noise.Vectors#RECORDED_SESSIONS";

    @ParameterizedTest
    @FieldSource(SESSIONS)
    void reproducesEveryStepOfTheHandshake(String session) {
        JsonNode handshake = Vectors.json("sv2-tp/" + session + ".json").get("handshake");
        Vectors.engines().forEach(engine -> {
            byte[] ephemeral = step(handshake, "initiator_ephemeral_priv");
            byte[] ephemeralEncoding = step(handshake, "initiator_ephemeral_ellswift");
            byte[] message2 = step(handshake, "msg2");
            byte[] theirEphemeral = Arrays.copyOf(message2, 64);

            SymmetricState state = new SymmetricState();
            state.mixHash(ephemeralEncoding, 0, 64);
            state.mixHash(new byte[0], 0, 0);
            assertThat(state.handshakeHash()).isEqualTo(step(handshake, "h_after_msg1"));
            state.mixHash(message2, 0, 64);
            byte[] ee = engine.ellswiftXdh(ephemeralEncoding, theirEphemeral, ephemeral, true);
            assertThat(ee).isEqualTo(step(handshake, "ecdh_ee"));
            state.mixKey(ee);
            assertThat(state.chainingKey()).isEqualTo(step(handshake, "ck_after_ee"));
            assertThat(state.key()).isEqualTo(step(handshake, "k_after_ee"));
            byte[] staticEncoding = state.decryptAndHash(message2, 64, 80);
            assertThat(staticEncoding).isEqualTo(step(handshake, "responder_static_ellswift"));
            byte[] es = engine.ellswiftXdh(ephemeralEncoding, staticEncoding, ephemeral, true);
            assertThat(es).isEqualTo(step(handshake, "ecdh_es"));
            state.mixKey(es);
            assertThat(state.chainingKey()).isEqualTo(step(handshake, "ck_after_es"));
            assertThat(state.key()).isEqualTo(step(handshake, "k_after_es"));
            byte[] certificate = state.decryptAndHash(message2, 144, 90);
            assertThat(certificate).isEqualTo(step(handshake, "certificate"));
            assertThat(HandshakeCertificate.parse(certificate)
                            .signedHash(Bytes.wrap(engine.ellswiftDecode(staticEncoding))))
                    .isEqualTo(step(handshake, "cert_msg_hash"));
            assertThat(state.handshakeHash()).isEqualTo(step(handshake, "h_final"));
            byte[][] keys = state.split();
            assertThat(keys[0]).isEqualTo(step(handshake, "k_initiator_to_responder"));
            assertThat(keys[1]).isEqualTo(step(handshake, "k_responder_to_initiator"));
        });
    }

    @ParameterizedTest
    @FieldSource(SESSIONS)
    void reproducesEveryFrameInBothDirections(String session) {
        JsonNode recording = Vectors.json("sv2-tp/" + session + ".json");
        JsonNode handshake = recording.get("handshake");
        Secp256k1 engine = Secp256k1.best();
        AuthorityKey authority =
                AuthorityKey.parse(recording.get("authority_base58").asString());
        assertThat(authority.xOnly())
                .isEqualTo(Bytes.fromHex(handshake.get("authority_xonly").asString()));
        NoiseHandshake.Initiator initiator = NoiseHandshake.initiator(
                engine,
                EllSwiftKeyPair.of(
                        engine,
                        step(handshake, "initiator_ephemeral_priv"),
                        step(handshake, "initiator_ephemeral_ellswift")));
        assertThat(initiator.act1()).isEqualTo(step(handshake, "initiator_ephemeral_ellswift"));
        Instant now = Instant.ofEpochSecond(handshake.get("valid_from").asLong() + 3600);
        HandshakeResult result = initiator.readAct2(step(handshake, "msg2"), new ServerTrust.SignedBy(authority), now);
        assertThat(result.staticKey())
                .isEqualTo(Bytes.fromHex(handshake.get("static_xonly").asString()));
        assertThat(result.handshakeHash())
                .isEqualTo(Bytes.fromHex(handshake.get("h_final").asString()));

        // The other end of each direction, from the recorded keys.
        CipherState theirReceive = new CipherState(step(handshake, "k_initiator_to_responder"));
        CipherState theirSend = new CipherState(step(handshake, "k_responder_to_initiator"));
        JsonNode frames = recording.get("frames");
        assertThat(frames.size()).isPositive();
        for (JsonNode frame : frames) {
            byte[] plain = hex(frame.get("plain").asString());
            byte[] wire = hex(frame.get("wire").asString());
            boolean fromUs = frame.get("dir").asString().equals("c->s");
            assertThat(seal(fromUs ? result.send() : theirSend, plain)).isEqualTo(wire);
            assertThat(open(fromUs ? theirReceive : result.receive(), wire)).isEqualTo(plain);
        }
        assertThat(result.send().nonce()).isEqualTo(theirReceive.nonce()).isPositive();
        assertThat(result.receive().nonce()).isEqualTo(theirSend.nonce());
    }

    @Test
    void includesAFrameOfThreeChunks() {
        JsonNode frames = Vectors.json("sv2-tp/tdp_session_1000tx_multichunk_and_bad_solutions.json")
                .get("frames");
        int longest = 0;
        for (JsonNode frame : frames) {
            longest = Math.max(longest, frame.get("plain").asString().length() / 2 - 6);
        }
        assertThat(longest).isBetween(2 * 65_519 + 1, 3 * 65_519);
    }

    private static byte[] step(JsonNode handshake, String name) {
        return hex(handshake.get(name).asString());
    }
}
