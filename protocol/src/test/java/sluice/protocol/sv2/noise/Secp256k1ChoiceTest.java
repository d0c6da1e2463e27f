package sluice.protocol.sv2.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static sluice.protocol.sv2.noise.Secp256k1Test.bytes;
import static sluice.protocol.sv2.noise.Vectors.ZERO_32;

import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class Secp256k1ChoiceTest {
    private static final Secp256k1 BOUNCY_CASTLE = new BouncyCastleSecp256k1(ZERO_32);

    @Test
    @EnabledOnOs(
            value = OS.LINUX,
            architectures = {"amd64", "aarch64"})
    void prefersTheNativeEngineWhereThereIsALibrary() {
        assertThat(Secp256k1.whyNotNative()).isEmpty();
        assertThat(Secp256k1.best()).isInstanceOf(NativeSecp256k1.class).isSameAs(Secp256k1.best());
        assertThat(Secp256k1.best().name()).isEqualTo("libsecp256k1 (native, constant time)");
    }

    @Test
    void fallsBackToPureJavaAndSaysWhy() {
        Secp256k1Choice noLibrary = Secp256k1Choice.choose(seed -> {
            throw new IOException("no library for plan9-mips");
        });
        assertThat(noLibrary.engine.name()).isEqualTo("Bouncy Castle (pure Java)");
        assertThat(noLibrary.whyNotNative)
                .hasValueSatisfying(why -> assertThat(why).contains("no library for plan9-mips"));
        Secp256k1Choice refused = Secp256k1Choice.choose(seed -> {
            throw new UnsatisfiedLinkError("wrong libc");
        });
        assertThat(refused.engine).isInstanceOf(BouncyCastleSecp256k1.class);
        assertThat(refused.whyNotNative)
                .hasValueSatisfying(why -> assertThat(why).contains("wrong libc"));
    }

    @Test
    void givesEachEngineAFreshSeed() {
        byte[][] seeds = new byte[2][];
        for (int i = 0; i < 2; i++) {
            int at = i;
            Secp256k1Choice.choose(seed -> {
                seeds[at] = seed;
                return BOUNCY_CASTLE;
            });
        }
        assertThat(seeds[0]).hasSize(32).isNotEqualTo(seeds[1]);
    }

    @Test
    void enginesAgreeBitForBit() {
        Secp256k1 other = Secp256k1.best();
        assumeThat(other).as("native engine").isInstanceOf(NativeSecp256k1.class);
        SplittableRandom random = new SplittableRandom(0x51_1ceL);
        for (int i = 0; i < 100; i++) {
            byte[] secret = bytes(random, 32);
            byte[] peerSecret = bytes(random, 32);
            byte[] aux = bytes(random, 32);
            byte[] noise = bytes(random, 64);
            byte[] own = other.ellswiftCreate(secret, aux);
            byte[] peer = other.ellswiftCreate(peerSecret, aux);
            assertThat(BOUNCY_CASTLE.ellswiftCreate(secret, aux))
                    .as("create %d", i)
                    .isEqualTo(own);
            assertThat(BOUNCY_CASTLE.ellswiftDecode(noise)).as("decode %d", i).isEqualTo(other.ellswiftDecode(noise));
            byte[] shared = other.ellswiftXdh(own, peer, secret, true);
            assertThat(BOUNCY_CASTLE.ellswiftXdh(own, peer, secret, true))
                    .as("xdh %d", i)
                    .isEqualTo(shared);
            assertThat(BOUNCY_CASTLE.ellswiftXdh(own, peer, peerSecret, false))
                    .as("xdh of the other end %d", i)
                    .isEqualTo(shared);
            assertThat(BOUNCY_CASTLE.ellswiftXdh(noise, own, secret, false))
                    .as("xdh with a stranger's bytes %d", i)
                    .isEqualTo(other.ellswiftXdh(noise, own, secret, false));
            byte[] publicKey = other.xOnlyPublicKey(secret);
            assertThat(BOUNCY_CASTLE.xOnlyPublicKey(secret)).isEqualTo(publicKey);
            byte[] signature = other.schnorrSign(peerSecret, secret, aux);
            assertThat(BOUNCY_CASTLE.schnorrSign(peerSecret, secret, aux))
                    .as("signature %d", i)
                    .isEqualTo(signature);
            signature[i % 64] ^= (byte) (i % 2);
            for (Secp256k1 engine : new Secp256k1[] {BOUNCY_CASTLE, other}) {
                assertThat(engine.schnorrVerify(signature, peerSecret, publicKey))
                        .as("%s, signature %d", engine.name(), i)
                        .isEqualTo(i % 2 == 0);
            }
        }
    }

    @Test
    void blindingChangesNoResultOfThePureJavaEngine() {
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < 10; i++) {
            Secp256k1 blinded = new BouncyCastleSecp256k1(bytes(random, 32));
            byte[] secret = bytes(random, 32);
            assertThat(blinded.xOnlyPublicKey(secret)).isEqualTo(BOUNCY_CASTLE.xOnlyPublicKey(secret));
            byte[] stranger = bytes(random, 64);
            assertThat(blinded.ellswiftXdh(stranger, stranger, secret, true))
                    .isEqualTo(BOUNCY_CASTLE.ellswiftXdh(stranger, stranger, secret, true));
        }
    }
}
