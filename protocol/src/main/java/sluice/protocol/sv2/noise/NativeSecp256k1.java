package sluice.protocol.sv2.noise;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * secp256k1 by libsecp256k1, whose operations on secrets are constant time, called through java.lang.foreign on the
 * caller's arrays. The library comes out of a jar on the class path, for Linux on x86-64 and aarch64. Loading it is the only
 * I/O of this package.
 */
final class NativeSecp256k1 implements Secp256k1 {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    // size_t of the two platforms the library is built for.
    private static final ValueLayout.OfLong SIZE = ValueLayout.JAVA_LONG;
    private static final MemoryLayout POINTER = ValueLayout.ADDRESS;

    private static final int CONTEXT_NONE = 1;
    private static final int OPAQUE_KEY_LENGTH = 64;
    private static final int OPAQUE_KEY_PAIR_LENGTH = 96;
    private static final int PARTY_INITIATOR = 0;
    private static final int PARTY_RESPONDER = 1;

    private static final byte[] SELF_TEST_KEY = HexFormat.of().parseHex("00".repeat(31) + "03");
    private static final byte[] SELF_TEST_X =
            HexFormat.of().parseHex("f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9");
    private static final byte[] SELF_TEST_XDH =
            HexFormat.of().parseHex("e6d39c808c1ef1a10f7699ac53643be6a811790dbe810ec2a0257f7dbaa0c747");

    private final MethodHandle ellswiftCreate;
    private final MethodHandle ellswiftDecode;
    private final MethodHandle ellswiftXdh;
    private final MethodHandle publicKeyCreate;
    private final MethodHandle xOnlyFromPublicKey;
    private final MethodHandle xOnlyParse;
    private final MethodHandle xOnlySerialize;
    private final MethodHandle keyPairCreate;
    private final MethodHandle schnorrSign;
    private final MethodHandle schnorrVerify;

    private final MemorySegment context;
    private final MemorySegment bip324Hash;

    /**
     * Loads the library.
     *
     * @param blindingSeed 32 random bytes; they change timing, never a result
     * @throws IOException where there is none for this platform, or it cannot be written to a temporary file
     * @throws RuntimeException where this platform refuses to load or call it
     */
    static NativeSecp256k1 load(byte[] blindingSeed) throws IOException {
        NativeSecp256k1 engine = new NativeSecp256k1(extractAndLoad(), blindingSeed);
        engine.selfTest();
        return engine;
    }

    @SuppressWarnings("restricted")
    private NativeSecp256k1(SymbolLookup library, byte[] blindingSeed) {
        Calls calls = new Calls(Linker.nativeLinker(), library);
        ellswiftCreate = calls.critical("secp256k1_ellswift_create", POINTER, POINTER, POINTER, POINTER);
        ellswiftDecode = calls.critical("secp256k1_ellswift_decode", POINTER, POINTER, POINTER);
        ellswiftXdh = calls.critical(
                "secp256k1_ellswift_xdh", POINTER, POINTER, POINTER, POINTER, POINTER, INT, POINTER, POINTER);
        publicKeyCreate = calls.critical("secp256k1_ec_pubkey_create", POINTER, POINTER, POINTER);
        xOnlyFromPublicKey = calls.critical("secp256k1_xonly_pubkey_from_pubkey", POINTER, POINTER, POINTER, POINTER);
        xOnlyParse = calls.critical("secp256k1_xonly_pubkey_parse", POINTER, POINTER, POINTER);
        xOnlySerialize = calls.critical("secp256k1_xonly_pubkey_serialize", POINTER, POINTER, POINTER);
        keyPairCreate = calls.critical("secp256k1_keypair_create", POINTER, POINTER, POINTER);
        schnorrSign = calls.critical("secp256k1_schnorrsig_sign32", POINTER, POINTER, POINTER, POINTER, POINTER);
        schnorrVerify = calls.critical("secp256k1_schnorrsig_verify", POINTER, POINTER, POINTER, SIZE, POINTER);
        // The symbol is a variable that holds the function's address.
        bip324Hash = calls.symbol("secp256k1_ellswift_xdh_hash_function_bip324")
                .reinterpret(ValueLayout.ADDRESS.byteSize())
                .get(ValueLayout.ADDRESS, 0);
        MethodHandle contextCreate = calls.pointer("secp256k1_context_create", INT);
        MethodHandle contextRandomize = calls.critical("secp256k1_context_randomize", POINTER, POINTER);
        try {
            context = (MemorySegment) contextCreate.invokeExact(CONTEXT_NONE);
            checkDone((int) contextRandomize.invokeExact(context, heap(blindingSeed)));
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    @Override
    public String name() {
        return "libsecp256k1 (native, constant time)";
    }

    @Override
    public byte[] ellswiftCreate(byte[] secretKey, byte[] auxRandomness) {
        KeyArguments.checkSecretKey(secretKey);
        KeyArguments.checkLength("aux randomness", auxRandomness, AUX_RANDOMNESS_LENGTH);
        byte[] ellswift = new byte[ELLSWIFT_LENGTH];
        try {
            checkDone((int) ellswiftCreate.invokeExact(context, heap(ellswift), heap(secretKey), heap(auxRandomness)));
        } catch (Throwable e) {
            throw failed(e);
        }
        return ellswift;
    }

    @Override
    public byte[] ellswiftDecode(byte[] ellswift) {
        KeyArguments.checkLength("an ElligatorSwift encoding", ellswift, ELLSWIFT_LENGTH);
        MemorySegment publicKey = heap(new byte[OPAQUE_KEY_LENGTH]);
        try {
            checkDone((int) ellswiftDecode.invokeExact(context, publicKey, heap(ellswift)));
            return xOnly(publicKey);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    @Override
    public byte[] ellswiftXdh(
            byte[] initiatorEllswift, byte[] responderEllswift, byte[] secretKey, boolean initiating) {
        KeyArguments.checkLength("the initiator's ElligatorSwift encoding", initiatorEllswift, ELLSWIFT_LENGTH);
        KeyArguments.checkLength("the responder's ElligatorSwift encoding", responderEllswift, ELLSWIFT_LENGTH);
        KeyArguments.checkSecretKey(secretKey);
        byte[] shared = new byte[SHARED_SECRET_LENGTH];
        try {
            checkDone((int) ellswiftXdh.invokeExact(
                    context,
                    heap(shared),
                    heap(initiatorEllswift),
                    heap(responderEllswift),
                    heap(secretKey),
                    initiating ? PARTY_INITIATOR : PARTY_RESPONDER,
                    bip324Hash,
                    MemorySegment.NULL));
        } catch (Throwable e) {
            throw failed(e);
        }
        return shared;
    }

    @Override
    public byte[] xOnlyPublicKey(byte[] secretKey) {
        KeyArguments.checkSecretKey(secretKey);
        MemorySegment publicKey = heap(new byte[OPAQUE_KEY_LENGTH]);
        try {
            checkDone((int) publicKeyCreate.invokeExact(context, publicKey, heap(secretKey)));
            return xOnly(publicKey);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    @Override
    public byte[] schnorrSign(byte[] messageHash, byte[] secretKey, byte[] auxRandomness) {
        KeyArguments.checkLength("a signed hash", messageHash, MESSAGE_HASH_LENGTH);
        KeyArguments.checkLength("aux randomness", auxRandomness, AUX_RANDOMNESS_LENGTH);
        KeyArguments.checkSecretKey(secretKey);
        byte[] signature = new byte[SIGNATURE_LENGTH];
        byte[] keyPair = new byte[OPAQUE_KEY_PAIR_LENGTH];
        try {
            checkDone((int) keyPairCreate.invokeExact(context, heap(keyPair), heap(secretKey)));
            checkDone((int) schnorrSign.invokeExact(
                    context, heap(signature), heap(messageHash), heap(keyPair), heap(auxRandomness)));
        } catch (Throwable e) {
            throw failed(e);
        } finally {
            Arrays.fill(keyPair, (byte) 0);
        }
        return signature;
    }

    @Override
    public boolean schnorrVerify(byte[] signature, byte[] message, byte[] xOnlyPublicKey) {
        KeyArguments.checkLength("a BIP340 signature", signature, SIGNATURE_LENGTH);
        KeyArguments.checkLength("an x-only public key", xOnlyPublicKey, X_ONLY_LENGTH);
        MemorySegment key = heap(new byte[OPAQUE_KEY_LENGTH]);
        try {
            return (int) xOnlyParse.invokeExact(context, key, heap(xOnlyPublicKey)) == 1
                    && (int) schnorrVerify.invokeExact(
                                    context, heap(signature), heap(message), (long) message.length, key)
                            == 1;
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private byte[] xOnly(MemorySegment publicKey) throws Throwable {
        byte[] x = new byte[X_ONLY_LENGTH];
        MemorySegment key = heap(new byte[OPAQUE_KEY_LENGTH]);
        checkDone((int) xOnlyFromPublicKey.invokeExact(context, key, MemorySegment.NULL, publicKey));
        checkDone((int) xOnlySerialize.invokeExact(context, heap(x), key));
        return x;
    }

    // A wrong answer here would be sessions that fail for no visible reason, on a machine where no test ran.
    private void selfTest() {
        byte[] zeros = new byte[ELLSWIFT_LENGTH];
        if (!Arrays.equals(xOnlyPublicKey(SELF_TEST_KEY), SELF_TEST_X)
                || !Arrays.equals(ellswiftXdh(zeros, zeros, SELF_TEST_KEY, true), SELF_TEST_XDH)) {
            throw new IllegalStateException("libsecp256k1 gives wrong results here");
        }
    }

    private static MemorySegment heap(byte[] array) {
        return MemorySegment.ofArray(array);
    }

    private static void checkDone(int result) {
        if (result != 1) {
            throw new IllegalStateException("libsecp256k1 refused checked arguments");
        }
    }

    private static RuntimeException failed(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
    }

    @SuppressWarnings("restricted")
    private static SymbolLookup extractAndLoad() throws IOException {
        String resource = "/fr/acinq/secp256k1/jni/native/" + platform() + "/libsecp256k1-jni.so";
        try (InputStream packed = NativeSecp256k1.class.getResourceAsStream(resource)) {
            if (packed == null) {
                throw new IOException("no library for " + platform());
            }
            Path library = Files.createTempFile("sluice-secp256k1-", ".so");
            try {
                Files.copy(packed, library, StandardCopyOption.REPLACE_EXISTING);
                return SymbolLookup.libraryLookup(library, Arena.global());
            } finally {
                // Once mapped it needs no name, and no crash can leave it behind.
                Files.delete(library);
            }
        }
    }

    private static String platform() {
        String machine = System.getProperty("os.arch");
        return System.getProperty("os.name").toLowerCase(Locale.ROOT) + "-"
                + (machine.equals("amd64") ? "x86_64" : machine);
    }

    /** The C functions as method handles. */
    @SuppressWarnings("restricted")
    private record Calls(Linker linker, SymbolLookup library) {
        /** A function that returns int, is short, never calls back, and may be given arrays of the Java heap. */
        MethodHandle critical(String name, MemoryLayout... arguments) {
            return linker.downcallHandle(
                    symbol(name), FunctionDescriptor.of(INT, arguments), Linker.Option.critical(true));
        }

        MethodHandle pointer(String name, MemoryLayout... arguments) {
            return linker.downcallHandle(symbol(name), FunctionDescriptor.of(POINTER, arguments));
        }

        MemorySegment symbol(String name) {
            return library.find(name).orElseThrow(() -> new IllegalStateException("libsecp256k1 here has no " + name));
        }
    }
}
