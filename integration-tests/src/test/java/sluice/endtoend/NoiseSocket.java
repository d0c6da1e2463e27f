package sluice.endtoend;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.noise.AuthorityKey;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.CipherState;
import sluice.protocol.sv2.noise.EllSwiftKeyPair;
import sluice.protocol.sv2.noise.FrameOpener;
import sluice.protocol.sv2.noise.HandshakeCertificate;
import sluice.protocol.sv2.noise.HandshakeResult;
import sluice.protocol.sv2.noise.NoiseHandshake;
import sluice.protocol.sv2.noise.Secp256k1;
import sluice.protocol.sv2.noise.ServerTrust;
import sluice.protocol.sv2.noise.TransportFrames;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.FrameHeader;

/** SV2 messages over a plain blocking socket, either end of it. One thread reads, any thread may write. */
final class NoiseSocket implements AutoCloseable {
    private static final Secp256k1 ENGINE = Secp256k1.best();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration CERTIFICATE_VALIDITY = Duration.ofDays(1);

    private final Socket socket;
    private final CipherState send;
    private final FrameOpener receive;

    private NoiseSocket(Socket socket, HandshakeResult keys) {
        this.socket = socket;
        this.send = keys.send();
        this.receive = new FrameOpener(keys.receive());
    }

    /** Connects and shakes hands with a server that this authority vouches for. */
    static NoiseSocket dial(InetSocketAddress address, AuthorityKey authority) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setTcpNoDelay(true);
        NoiseHandshake.Initiator initiator = NoiseHandshake.initiator(ENGINE, freshKeys());
        socket.getOutputStream().write(initiator.act1());
        byte[] act2 = read(socket.getInputStream(), NoiseHandshake.ACT2_LENGTH);
        return new NoiseSocket(socket, initiator.readAct2(act2, new ServerTrust.SignedBy(authority), Instant.now()));
    }

    /** Shakes hands with whoever is at the other end, as a server that this authority vouches for. */
    static NoiseSocket answer(Socket socket, AuthoritySecretKey authority) throws IOException {
        EllSwiftKeyPair staticKey = freshKeys();
        HandshakeCertificate certificate = HandshakeCertificate.issue(
                ENGINE,
                authority,
                staticKey.xOnly(ENGINE),
                Instant.now(),
                CERTIFICATE_VALIDITY,
                random(Secp256k1.AUX_RANDOMNESS_LENGTH));
        NoiseHandshake.Responder responder = NoiseHandshake.responder(ENGINE, staticKey, certificate, freshKeys());
        socket.setTcpNoDelay(true);
        socket.getOutputStream().write(responder.respond(read(socket.getInputStream(), NoiseHandshake.ACT1_LENGTH)));
        return new NoiseSocket(socket, responder.result());
    }

    synchronized void send(Sv2Message message) throws IOException {
        byte[] frame = message.toFrame();
        byte[] sealed = new byte[TransportFrames.sealedFrameLength(frame.length - Frame.HEADER_LENGTH)];
        TransportFrames.seal(send, frame, 0, frame.length, sealed, 0);
        socket.getOutputStream().write(sealed);
    }

    /** The next message; throws EOFException at the end of the connection. */
    Sv2Message receive() throws IOException {
        byte[] header = new byte[Frame.HEADER_LENGTH];
        byte[] payload = new byte[receive.openHeader(next(), 0, header, 0)];
        for (int filled = 0; !receive.atHeader(); ) {
            filled += receive.openChunk(next(), 0, payload, filled);
        }
        Optional<Sv2Message> message = Sv2Codec.decode(Frame.of(FrameHeader.parse(header, 0), Bytes.wrap(payload)));
        return message.orElseThrow(() -> new IOException("a message of no known type"));
    }

    private byte[] next() throws IOException {
        return read(socket.getInputStream(), receive.expectedLength());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    static byte[] read(InputStream input, int count) throws IOException {
        byte[] bytes = input.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the end, " + (count - bytes.length) + " bytes too early");
        }
        return bytes;
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static EllSwiftKeyPair freshKeys() {
        return EllSwiftKeyPair.create(
                ENGINE, random(Secp256k1.SECRET_KEY_LENGTH), random(Secp256k1.AUX_RANDOMNESS_LENGTH));
    }
}
