package sluice.protocol.sv2.noise;

import sluice.protocol.Bytes;

/**
 * What a finished handshake leaves. The cipher states are mutable and belong to the connection's loop.
 *
 * @param send encrypts what this side writes
 * @param receive decrypts what the peer writes
 * @param handshakeHash 32 bytes that both sides share and no other session has
 * @param certificate the responder's
 * @param staticKey the responder's x-only static key, 32 bytes
 */
public record HandshakeResult(
        CipherState send,
        CipherState receive,
        Bytes handshakeHash,
        HandshakeCertificate certificate,
        Bytes staticKey) {}
