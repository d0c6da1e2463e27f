package sluice.protocol.sv2.noise;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The JDK's ChaCha20-Poly1305. A JDK cipher is set up anew for every nonce, so it holds nothing of a connection: one pair
 * per thread serves all of them, where a pair per connection would cost each miner 4 KB.
 */
final class JdkAead implements Aead {
    static final JdkAead INSTANCE = new JdkAead();

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int NONCE_LENGTH = 12;
    private static final int NONCE_COUNTER_OFFSET = 4;

    private final ThreadLocal<Cipher> sealing = ThreadLocal.withInitial(JdkAead::newCipher);
    private final ThreadLocal<Cipher> opening = ThreadLocal.withInitial(JdkAead::newCipher);

    private JdkAead() {}

    @Override
    public void seal(
            byte[] key,
            long nonce,
            byte[] associated,
            byte[] plain,
            int offset,
            int length,
            byte[] out,
            int outOffset) {
        try {
            Cipher cipher = initialised(sealing, Cipher.ENCRYPT_MODE, key, nonce);
            cipher.updateAAD(associated);
            cipher.doFinal(plain, offset, length, out, outOffset);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("ChaCha20-Poly1305 encryption failed", e);
        }
    }

    @Override
    public boolean open(
            byte[] key,
            long nonce,
            byte[] associated,
            byte[] cipherText,
            int offset,
            int length,
            byte[] out,
            int outOffset) {
        try {
            Cipher cipher = initialised(opening, Cipher.DECRYPT_MODE, key, nonce);
            cipher.updateAAD(associated);
            cipher.doFinal(cipherText, offset, length, out, outOffset);
            return true;
        } catch (AEADBadTagException notAuthentic) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("ChaCha20-Poly1305 decryption failed", e);
        }
    }

    private static Cipher initialised(ThreadLocal<Cipher> ciphers, int mode, byte[] key, long nonce)
            throws GeneralSecurityException {
        byte[] iv = new byte[NONCE_LENGTH];
        LONG.set(iv, NONCE_COUNTER_OFFSET, nonce);
        SecretKeySpec keySpec = new SecretKeySpec(key, "ChaCha20");
        Cipher cipher = ciphers.get();
        try {
            cipher.init(mode, keySpec, new IvParameterSpec(iv));
            return cipher;
        } catch (InvalidKeyException sameKeyAndNonceAsLastTime) {
            // A shared engine cannot tell nonce reuse from two ends of one session in one process, nor from a second
            // try
            // after a forged tag. CipherState counts nonces; that is the guard.
            Cipher fresh = newCipher();
            fresh.init(mode, keySpec, new IvParameterSpec(iv));
            ciphers.set(fresh);
            return fresh;
        }
    }

    private static Cipher newCipher() {
        try {
            return Cipher.getInstance("ChaCha20-Poly1305");
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK since 11 has ChaCha20-Poly1305", impossible);
        }
    }
}
