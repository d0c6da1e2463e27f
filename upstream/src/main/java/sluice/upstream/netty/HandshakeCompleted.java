package sluice.upstream.netty;

import sluice.protocol.Bytes;
import sluice.protocol.sv2.noise.HandshakeCertificate;

/**
 * The user event behind a handshake: from now on the pipeline carries {@link sluice.protocol.sv2.wire.Frame}s. It comes
 * before the first of them, and whoever hears it may write at once.
 *
 * @param frames the codec that took the handshake's place
 * @param handshakeHash 32 bytes that both sides share and no other session has
 * @param certificate the responder's
 * @param staticKey the responder's x-only static key, 32 bytes
 */
public record HandshakeCompleted(
        Sv2FrameCodec frames, Bytes handshakeHash, HandshakeCertificate certificate, Bytes staticKey) {}
